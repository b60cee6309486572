//! Writes the hostile archives of the tests that are small, and some that are fine, as the fuzzer's first inputs:
//! `seeds FOLDER`.

#[path = "../../tests/it/zips/build.rs"]
mod build;
#[path = "../../tests/it/zips/hostile.rs"]
#[allow(dead_code)]
mod hostile;

use build::{Part, archive, open_ended};
use std::path::Path;

/// Larger ones would only slow the fuzzer.
const BYTES_MAX: usize = 2048;

fn main() {
    let folder = std::env::args().nth(1).expect("seeds FOLDER");
    let cases = [hostile::names(), hostile::kinds(), hostile::layouts(), hostile::sizes()].into_iter().flatten();
    let hostile = cases.map(|case| case.zip).filter(|zip| zip.starts_with(b"PK") && zip.len() <= BYTES_MAX);
    let parts = [Part::stored("a", b"x"), Part::deflated("b/c", &[b'y'; 500]).described(16), Part::stored("d/", b"").but(|p| p.attributes = build::FOLDER)];
    let (open, end) = open_ended(&parts);
    let fine = [archive(&parts), [open.clone(), end.large(open.len() as u64), end.small(b"comment")].concat()];
    for (number, zip) in fine.into_iter().chain(hostile).enumerate() {
        std::fs::write(Path::new(&folder).join(format!("{number:02}.zip")), zip).expect("a seed is written");
    }
}
