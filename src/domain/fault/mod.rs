//! Faults on purpose: what happens to a connection that reads a recording, so that a client can be shown to live through it.

mod dice;
mod read;
mod script;

pub use dice::Dice;
pub use read::{NAMES, NotAFault};
pub use script::{Script, Shown, Step, script};

/// What is done to connections. The default does nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// Each connection ends after so many of its events.
    pub drop_after: Option<u64>,
    /// A connection ends after each event whose place is a multiple of this.
    pub drop_every: Option<u64>,
    /// Whether an end falls inside a frame.
    pub truncate: bool,
    /// Each so manyth event of a connection comes twice.
    pub duplicate: Option<u64>,
    /// Each so manyth event of a connection comes after the one that follows it.
    pub reorder: Option<u64>,
    /// Before each event, milliseconds.
    pub delay_ms: u64,
    /// Up to so much more before each event, milliseconds.
    pub jitter_ms: u64,
    /// After so many events a connection says nothing more, and stays open.
    pub stall_after: Option<u64>,
    /// After so many events a connection's token is stale.
    pub expire_after: Option<u64>,
    /// The first connection to have so many events is told `reset`, and gets all of them again.
    pub reset_after: Option<u64>,
    /// Before a stream answers, milliseconds.
    pub slow_start_ms: u64,
    /// The requests for a stream that get a status of their own: the status, and the request's number, from 1.
    pub statuses: Vec<(u16, u64)>,
    /// What chance begins with.
    pub seed: u64,
    /// What a stream of server-sent events says about how long to wait before coming back, milliseconds; what a server says unless set.
    pub retry_ms: Option<u64>,
    /// How likely each event ends its connection, comes twice, or comes late, by chance; from 0 to 1.
    pub chaos: f64,
}
