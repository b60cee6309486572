//! A topic: the last events of a stream that has listeners, and the position of the newest.
//!
//! It grows lazily and forgets early; a reader that is behind it reads the log.

use super::entry::{Chunk, Entry};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// What a topic remembers at most.
const RING_MAX_EVENTS: usize = 512;
const RING_MAX_BYTES: usize = 256 << 10;
/// A chunk is cut here, so that a slow socket is never handed more than this at once.
const CHUNK_MAX_BYTES: usize = 64 << 10;

/// What a topic has for a reader.
pub(super) enum Take {
    /// The events that follow.
    Chunk(Chunk),
    /// Events that follow are in the log only.
    Behind,
    /// Nothing newer is known here.
    CaughtUp,
}

/// What a topic's listeners wait for a change of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Head {
    /// The position of the newest event known.
    pub position: i64,
    /// How often something may have been missed: a reader that sees a new doubt reads the log again.
    pub doubts: u64,
}

#[derive(Default)]
pub(super) struct Topic {
    ring: Mutex<Ring>,
    head: watch::Sender<Head>,
}

#[derive(Default)]
struct Ring {
    /// Consecutive events; the last is the newest known.
    entries: VecDeque<Entry>,
    bytes: usize,
    /// The chunk that the last reader got, by the position it was at: the next one is there too, usually.
    shared: Option<(i64, Chunk)>,
}

impl Topic {
    /// Takes in an event. One that is known is ignored; one after a jump starts the ring anew, and readers fill the
    /// gap from the log.
    pub(super) fn push(&self, entry: Entry) {
        let position = entry.position;
        {
            let mut ring = self.ring();
            let head = self.head.borrow().position;
            if position <= head {
                return;
            }
            if position != head + 1 {
                *ring = Ring::default();
            }
            ring.push(entry);
            // under the lock, so that the head never passes the ring
            self.head.send_modify(|head| head.position = position);
        }
    }

    pub(super) fn listen(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// The newest position known.
    pub(super) fn position(&self) -> i64 {
        self.head.borrow().position
    }

    /// A reader has read the log up to here: what is not newer was not missed.
    pub(super) fn learn(&self, position: i64) {
        let mut ring = self.ring();
        if position > self.head.borrow().position {
            *ring = Ring::default();
            self.head.send_modify(|head| head.position = position);
        }
    }

    /// Has every reader look at the log again.
    pub(super) fn doubt(&self) {
        self.head.send_modify(|head| head.doubts += 1);
    }

    pub(super) fn listeners(&self) -> usize {
        self.head.receiver_count()
    }

    pub(super) fn after(&self, position: i64) -> Take {
        let mut ring = self.ring();
        if position >= self.head.borrow().position {
            return Take::CaughtUp;
        }
        if let Some((at, chunk)) = &ring.shared
            && *at == position
        {
            return Take::Chunk(chunk.clone());
        }
        match ring.chunk_after(position) {
            Some(chunk) => {
                ring.shared = Some((position, chunk.clone()));
                Take::Chunk(chunk)
            }
            None => Take::Behind,
        }
    }

    fn ring(&self) -> std::sync::MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn push(&mut self, entry: Entry) {
        self.shared = None;
        self.bytes += entry.frame.len();
        self.entries.push_back(entry);
        while self.entries.len() > RING_MAX_EVENTS || (self.bytes > RING_MAX_BYTES && self.entries.len() > 1) {
            self.bytes -= self.entries.pop_front().map_or(0, |e| e.frame.len());
        }
    }

    fn chunk_after(&self, position: i64) -> Option<Chunk> {
        let first = self.entries.front()?.position;
        let skip = usize::try_from(position + 1 - first).ok()?;
        let mut bytes = 0;
        let fitting = self.entries.iter().skip(skip).take_while(|entry| {
            let fits = bytes == 0 || bytes + entry.frame.len() <= CHUNK_MAX_BYTES;
            bytes += entry.frame.len();
            fits
        });
        let count = fitting.count();
        Chunk::join(self.entries.iter().skip(skip).take(count))
    }
}
