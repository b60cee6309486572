//! `buildcast messages`: what the server writes, for translators to read and for browsers to be compared with.

use super::{Failure, show};
use crate::domain::catalogue::cases::cases;

pub(super) fn run() -> Result<(), Failure> {
    let mut text = String::new();
    for case in cases() {
        text.push_str(&serde_json::to_string(&case).map_err(|error| Failure::Other(error.to_string()))?);
        text.push('\n');
    }
    show(&text)
}
