//! The guard under the fuzzer: its files alone, without the server around them, under the names that they have there.

/// The rules of paths.
#[path = "."]
pub mod domain {
    #[path = "../../src/domain/files.rs"]
    pub mod files;
}

/// The guard and the extraction.
#[path = "."]
pub mod artifacts {
    #[path = "../../src/artifacts/guard/mod.rs"]
    mod guard;
    #[path = "../../src/artifacts/unpack.rs"]
    pub mod unpack;
}

/// Where the tests look for it.
pub mod service {
    pub use crate::artifacts::unpack;
}
