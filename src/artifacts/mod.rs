//! Zips and the object store: deterministic packing, guarded unpacking, and sites served straight from a zip.
//!
//! May name: domain. Deliberately absent: sqlx, poem, the hub, and what an artifact means to a build.

mod cache;
mod guard;
pub mod keyed_locks;
pub mod objects;
pub mod pack;
pub mod s3;
pub mod site;
mod staging;
pub mod store;
pub mod targz;
pub mod unpack;
pub mod upload;

pub use cache::LocalFile;
pub use objects::StoredObject;
pub use store::{ArtifactError, ArtifactStore};
