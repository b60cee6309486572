//! Zips and the object store: deterministic packing, guarded unpacking, and sites served straight from a zip.
//!
//! May name: domain. Deliberately absent: sqlx, poem, the hub, and what an artifact means to a build.

mod guard;
pub mod pack;
pub mod site;
mod staging;
pub mod store;
pub mod unpack;

pub use store::{ArtifactError, ArtifactStore};
