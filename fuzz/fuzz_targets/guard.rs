//! Judges archives as the tests do. An input that begins like one is an archive; of any other, its bytes are dice that shape one.

#![no_main]

#[path = "../../tests/it/zips/build.rs"]
#[allow(dead_code)]
mod build;
#[path = "../../tests/it/zips/shape.rs"]
mod shape;
#[path = "../../tests/it/zips/verdict.rs"]
#[allow(dead_code)]
mod verdict;

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;
use tempfile::TempDir;

/// In memory where it can be: a disk would be what is measured.
static SCRATCH: LazyLock<TempDir> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    tempfile::tempdir_in(if memory.is_dir() { memory } else { std::env::temp_dir() }).unwrap()
});

fuzz_target!(|input: &[u8]| {
    match input.starts_with(b"PK") {
        true => drop(verdict::judge(input, SCRATCH.path())),
        false => drop(verdict::judge(&shape::shaped(input), SCRATCH.path())),
    }
});
