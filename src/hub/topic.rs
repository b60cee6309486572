//! A topic: the last events of a stream that has listeners, the position of the newest, and who waits for the next.
//!
//! It grows lazily and forgets early; a reader that is behind it reads the log. No timer gathers events: a reader takes
//! all that came while it was busy, in one chunk.

use super::entry::{Chunk, Record, StreamKey};
use slab::Slab;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;

/// What a topic remembers at most.
const RING_MAX_EVENTS: usize = 512;
const RING_MAX_BYTES: usize = 256 << 10;
/// A chunk is cut here, so that a slow socket is never handed more than this at once.
pub(super) const CHUNK_MAX_BYTES: usize = 64 << 10;

/// What a topic has for a reader.
pub(super) enum Take {
    /// The events that follow.
    Chunk(Arc<Chunk>),
    /// Events that follow are in the log only.
    Behind,
    /// Nothing newer is known here. The reader's waker is kept, and called once.
    CaughtUp,
}

pub(super) struct Topic {
    pub key: StreamKey,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Consecutive events; the last is the newest known.
    ring: VecDeque<Arc<Record>>,
    bytes: usize,
    /// The position of the newest event known.
    head: i64,
    /// How far another node says that the log goes.
    expected: i64,
    /// Whether somebody reads up to there, for all readers.
    followed: bool,
    /// How often something may have been missed: a reader that sees a new doubt reads the log again.
    doubts: u64,
    /// The chunk that the last reader got, by the position it was at: the next one is there too, usually.
    shared: Option<(i64, Arc<Chunk>)>,
    /// A seat for each listener, with its waker while it waits.
    seats: Slab<Option<Waker>>,
}

impl Topic {
    pub(super) fn new(key: StreamKey) -> Self {
        Self { key, state: Mutex::default() }
    }

    /// Takes in an event; its listeners are to be woken afterwards. One that is known is ignored; one after a jump has them
    /// look at the log, which has it too.
    pub(super) fn push(&self, record: Record) {
        let mut state = self.state();
        let position = record.position();
        if position <= state.head {
            return;
        }
        if position != state.head + 1 {
            state.doubts += 1;
            return;
        }
        state.head = position;
        state.push(Arc::new(record));
    }

    /// Wakes whoever waits.
    pub(super) fn wake(&self) {
        let waiting: Vec<Waker> = self.state().seats.iter_mut().filter_map(|(_, waker)| waker.take()).collect();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Takes a seat among the listeners.
    pub(super) fn join(&self) -> usize {
        self.state().seats.insert(None)
    }

    /// Gives a seat back, and says whether anybody is left.
    pub(super) fn leave(&self, seat: usize) -> bool {
        let mut state = self.state();
        state.seats.remove(seat);
        !state.seats.is_empty()
    }

    /// The newest position known.
    pub(super) fn position(&self) -> i64 {
        self.state().head
    }

    /// Whether all its readers are still at the history of a log, which may be long: they read on by themselves.
    pub(super) fn is_long_history(&self) -> bool {
        matches!(self.key, StreamKey::Logs { .. }) && self.position() == 0
    }

    /// A reader has read the log up to here: what is not newer was not missed.
    pub(super) fn learn(&self, position: i64) {
        let mut state = self.state();
        if position > state.head {
            state.forget();
            state.head = position;
            drop(state);
            self.wake();
        }
    }

    /// Has every reader look at the log again.
    pub(super) fn doubt(&self) {
        self.state().doubts += 1;
        self.wake();
    }

    /// Another node says how far the log goes: whether somebody has to begin to read up to there.
    pub(super) fn expect(&self, last: i64) -> bool {
        let mut state = self.state();
        state.expected = state.expected.max(last);
        let begins = state.expected > state.head && !state.followed;
        state.followed |= begins;
        begins
    }

    /// The newest position known, while the log is known to go further; none ends the following.
    pub(super) fn behind(&self) -> Option<i64> {
        let mut state = self.state();
        state.followed = state.expected > state.head;
        state.followed.then_some(state.head)
    }

    /// The log gives nothing now: its readers are to ask it themselves.
    pub(super) fn stop_following(&self) {
        self.state().followed = false;
        self.doubt();
    }

    /// What follows a position, and how many doubts there are.
    pub(super) fn after(&self, position: i64, seat: usize, waker: &Waker) -> (Take, u64) {
        let mut state = self.state();
        (state.after(position, seat, waker), state.doubts)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self) {
        (self.ring, self.bytes, self.shared) = (VecDeque::new(), 0, None);
    }

    fn push(&mut self, record: Arc<Record>) {
        self.shared = None;
        self.bytes += record.body.len();
        self.ring.push_back(record);
        while self.ring.len() > RING_MAX_EVENTS || (self.bytes > RING_MAX_BYTES && self.ring.len() > 1) {
            self.bytes -= self.ring.pop_front().map_or(0, |oldest| oldest.body.len());
        }
    }

    fn after(&mut self, position: i64, seat: usize, waker: &Waker) -> Take {
        if position >= self.head {
            match &mut self.seats[seat] {
                Some(kept) => kept.clone_from(waker),
                none => *none = Some(waker.clone()),
            }
            return Take::CaughtUp;
        }
        if let Some((at, chunk)) = &self.shared
            && *at == position
        {
            return Take::Chunk(chunk.clone());
        }
        match self.chunk_after(position) {
            Some(chunk) => {
                self.shared = Some((position, chunk.clone()));
                Take::Chunk(chunk)
            }
            None => Take::Behind,
        }
    }

    fn chunk_after(&self, position: i64) -> Option<Arc<Chunk>> {
        let first = self.ring.front()?.position();
        let skip = usize::try_from(position + 1 - first).ok()?;
        let mut bytes = 0;
        let fitting = self.ring.iter().skip(skip).take_while(|record| {
            let fits = bytes == 0 || bytes + record.body.len() <= CHUNK_MAX_BYTES;
            bytes += record.body.len();
            fits
        });
        Chunk::of(fitting.cloned().collect())
    }
}
