//! The event contract: the table of codes, an event before it has a place in the log, and its final JSON.
//!
//! May name: serde, utoipa. Deliberately absent: where events are stored or sent.

mod draft;
mod payload;
mod schema;
mod stored;
mod table;
mod vocabulary;

pub use draft::EventDraft;
pub use draft::Numbers;
pub use payload::{CodeInfo, Place};
pub use schema::BuildEvent;
pub use stored::StoredEvent;
pub use table::*;
pub use vocabulary::{EventType, Phase, RollbackPhase};
