//! The hub against random schedules: whatever the bus loses, doubles or swaps, a reader gets the log, in order, once.

use buildcast::domain::cursor::Cursor;
use buildcast::domain::event::StoredEvent;
use buildcast::domain::log::StoredLine;
use buildcast::hub::{Delivery, Grown, Hub, InProcess, Located, Log, LogError, Message, Opened, Record, StreamKey, Subscription};
use buildcast::metrics::Metrics;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A log in memory that can be made unreadable.
#[derive(Default)]
struct MemoryLog {
    events: Mutex<Vec<StoredEvent>>,
    broken: Mutex<bool>,
    /// The next read panics.
    panics: AtomicBool,
    reads: AtomicUsize,
}

impl MemoryLog {
    fn readable(&self) -> Result<Vec<StoredEvent>, LogError> {
        if *self.broken.lock().unwrap() { Err(LogError) } else { Ok(self.events.lock().unwrap().clone()) }
    }
}

impl Log for MemoryLog {
    fn readers(&self) -> usize {
        2
    }

    fn after<'a>(&'a self, key: &'a StreamKey, position: i64, limit: i64) -> BoxFuture<'a, Result<Vec<Record>, LogError>> {
        let limit = usize::try_from(limit).unwrap();
        self.reads.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics.swap(false, Ordering::Relaxed), "a defect on the way to the log");
        async move { Ok(self.readable()?.iter().filter(|e| e.seq > position).take(limit).map(|e| Record::event(key, e)).collect()) }.boxed()
    }

    fn heads<'a>(&'a self, keys: &'a [StreamKey]) -> BoxFuture<'a, Result<HashMap<StreamKey, i64>, LogError>> {
        async move {
            let last = self.readable()?.last().map_or(0, |e| e.seq);
            Ok(keys.iter().map(|key| (key.clone(), last)).collect())
        }
        .boxed()
    }

    fn locate<'a>(&'a self, _key: &'a StreamKey, position: i64) -> BoxFuture<'a, Result<Located, LogError>> {
        async move {
            let events = self.readable()?;
            let event = events.iter().find(|e| e.seq == position).map(|e| (e.event_id.clone(), e.finished));
            Ok(Located { event, last: events.last().map_or(0, |e| e.seq) })
        }
        .boxed()
    }
}

fn event(seq: i64, finished: bool) -> StoredEvent {
    let event_id = format!("00000000-0000-7000-8000-{seq:012x}");
    let body = format!("{{\"seq\":{seq}}}").into();
    StoredEvent { event_id, build_id: "b".into(), seq, project_id: "p".into(), project_seq: seq, code: "X".into(), finished, timestamp: 0, body }
}

/// One step of a schedule.
#[derive(Debug, Clone)]
enum Step {
    /// Commits so many events; the bus delivers those whose bit is set, doubles some, and swaps the order.
    Append { count: u8, delivered: u8, doubled: bool, swapped: bool },
    /// A reader takes up to so many deliveries.
    Read { reader: u8, deliveries: u8 },
    /// A reader's connection breaks; it comes back with its last cursor.
    Reconnect(u8),
    /// The bus came back: readers look at the log again.
    Doubt,
    /// The log can't be read, or can again.
    Break(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..40_u8, any::<u8>(), any::<bool>(), any::<bool>()).prop_map(|(count, delivered, doubled, swapped)| Step::Append { count, delivered, doubled, swapped }),
        6 => (0..3_u8, 1..6_u8).prop_map(|(reader, deliveries)| Step::Read { reader, deliveries }),
        2 => (0..3_u8).prop_map(Step::Reconnect),
        1 => Just(Step::Doubt),
        1 => any::<bool>().prop_map(Step::Break),
    ];
    prop::collection::vec(step, 1..60)
}

struct Reader {
    subscription: Option<Subscription>,
    seen: Vec<i64>,
    last: Option<Cursor>,
}

impl Reader {
    async fn open(&mut self, hub: &Hub, key: &StreamKey) {
        // a log that can't be read now: the client comes back later
        if let Ok(Opened::Open(subscription, reset)) = hub.open(key.clone(), self.last.clone()).await {
            assert_eq!(reset, None);
            self.subscription = Some(subscription);
        }
    }

    /// Takes what is there; false when nothing more comes by itself.
    async fn take(&mut self) -> bool {
        let Some(subscription) = &mut self.subscription else { return false };
        match tokio::time::timeout(Duration::from_millis(1), subscription.next()).await {
            Ok(Delivery::Events(chunk)) => {
                let text = String::from_utf8(chunk.sse().to_vec()).unwrap();
                let first = self.seen.len();
                for frame in text.split_terminator("\n\n") {
                    let (id, data) = frame.strip_prefix("id: ").unwrap().split_once("\ndata: ").unwrap();
                    let json: serde_json::Value = serde_json::from_str(data).unwrap();
                    self.seen.push(json["seq"].as_i64().unwrap());
                    self.last = Cursor::parse(id).unwrap();
                }
                // the other transport's frames say the same
                let sockets = chunk.records.iter().map(|record| serde_json::from_slice::<serde_json::Value>(&record.socket("build:b")).unwrap());
                assert!(sockets.map(|frame| frame["event"]["seq"].as_i64().unwrap()).eq(self.seen[first..].iter().copied()));
                true
            }
            Ok(Delivery::Live) => true,
            Ok(Delivery::Ended) | Err(_) => false,
        }
    }
}

fn key() -> StreamKey {
    StreamKey::Build { id: "b".into(), project_id: "p".into() }
}

fn log_key() -> StreamKey {
    StreamKey::Logs { id: "b".into(), project_id: "p".into() }
}

fn grown(last: i64) -> Grown {
    Grown { build_id: "b".into(), project_id: "p".into(), last }
}

/// The lines of a log that has the same numbers as a build's events.
fn lines_of(events: &[StoredEvent]) -> Vec<StoredLine> {
    events.iter().map(|e| StoredLine { line_id: e.event_id.clone(), seq: e.seq, finished: e.finished, timestamp: 0, body: e.body.clone() }).collect()
}

async fn play(steps: Vec<Step>, key: StreamKey) {
    let log = Arc::new(MemoryLog::default());
    let hub = Hub::new(log.clone(), Arc::new(InProcess), Metrics::new(|| 0));
    let mut readers: Vec<Reader> = (0..3).map(|_| Reader { subscription: None, seen: vec![], last: None }).collect();
    for reader in &mut readers {
        reader.open(&hub, &key).await;
    }
    for step in steps {
        match step {
            Step::Append { count, delivered, doubled, swapped } => {
                let first = log.events.lock().unwrap().len() as i64 + 1;
                let new: Vec<StoredEvent> = (first..first + i64::from(count)).map(|seq| event(seq, false)).collect();
                log.events.lock().unwrap().extend(new.clone());
                let mut carried: Vec<StoredEvent> = new.into_iter().enumerate().filter(|(n, _)| delivered & (1 << (n % 8)) != 0).map(|(_, e)| e).collect();
                if swapped {
                    carried.reverse();
                }
                if doubled {
                    carried.extend(carried.clone());
                }
                let last = first + i64::from(count) - 1;
                match &key {
                    StreamKey::Logs { .. } if swapped => hub.receive(&Message::Grown(grown(last))),
                    StreamKey::Logs { .. } => hub.publish_lines(&lines_of(&carried), grown(last)),
                    _ => hub.publish(carried),
                }
            }
            Step::Read { reader, deliveries } => {
                for _ in 0..deliveries {
                    readers[usize::from(reader)].take().await;
                }
            }
            Step::Reconnect(reader) => {
                let reader = &mut readers[usize::from(reader)];
                reader.subscription = None;
                reader.open(&hub, &key).await;
            }
            Step::Doubt => hub.doubt_all(),
            Step::Break(broken) => *log.broken.lock().unwrap() = broken,
        }
    }
    // the end of the build, carried or not: the check of quiet topics has to find it
    *log.broken.lock().unwrap() = false;
    let last = log.events.lock().unwrap().len() as i64 + 1;
    log.events.lock().unwrap().push(event(last, true));
    let checking = tokio::spawn(hub.clone().check_forever(Duration::from_millis(5)));
    for reader in &mut readers {
        if reader.subscription.is_none() {
            reader.open(&hub, &key).await;
        }
        for _ in 0..2000 {
            if reader.seen.last() == Some(&last) {
                break;
            }
            reader.take().await;
        }
        assert_eq!(reader.seen, (1..=last).collect::<Vec<_>>());
    }
    checking.abort();
    drop(readers);
    assert_eq!(hub.topic_count(), 0, "a topic outlives its listeners");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_reader_gets_the_log_in_order_once(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps, key()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_reader_of_a_log_gets_its_lines_in_order_once(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps, log_key()));
    }
}

#[tokio::test]
async fn a_log_that_grows_elsewhere_is_read_once_for_all_its_readers() {
    const READERS: usize = 50;
    let log = Arc::new(MemoryLog::default());
    log.events.lock().unwrap().push(event(1, false));
    let hub = Hub::new(log.clone(), Arc::new(InProcess), Metrics::new(|| 0));
    let mut readers: Vec<Reader> = (0..READERS).map(|_| Reader { subscription: None, seen: vec![], last: None }).collect();
    for reader in &mut readers {
        reader.open(&hub, &log_key()).await;
        while reader.take().await {}
    }
    let before = log.reads.load(Ordering::Relaxed);
    for last in 2..=21 {
        log.events.lock().unwrap().push(event(last, last == 21));
        hub.receive(&Message::Grown(grown(last)));
        for reader in &mut readers {
            while reader.seen.last() != Some(&last) {
                reader.take().await;
            }
        }
    }
    let reads = log.reads.load(Ordering::Relaxed) - before;
    assert!(reads <= 2 * 20, "{reads} reads for 20 lines and {READERS} readers");
}

#[tokio::test]
async fn a_read_that_panics_is_not_taken_for_an_empty_log() {
    let log = Arc::new(MemoryLog::default());
    log.events.lock().unwrap().extend((1..=3).map(|seq| event(seq, seq == 3)));
    log.panics.store(true, Ordering::Relaxed);
    let hub = Hub::new(log, Arc::new(InProcess), Metrics::new(|| 0));
    let Ok(Opened::Open(mut subscription, None)) = hub.open(key(), None).await else { panic!("it is open") };
    let Delivery::Events(chunk) = subscription.next().await else { panic!("history comes first") };
    assert_eq!(chunk.records.len(), 3);
}
