//! The first line of a recording.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the header calls the format.
pub const FORMAT: &str = "buildcast.recording";
/// The version that is written.
pub const VERSION: u32 = 1;

/// The header of version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always `buildcast.recording`.
    pub format: String,
    /// The format's version.
    pub version: u32,
    /// The build, or the rollback's job.
    pub build_id: String,
    /// Its project.
    pub project_id: String,
    /// Lines that follow, an event each.
    pub event_count: usize,
    /// From the first event to the last, milliseconds.
    pub duration_ms: i64,
    /// `sha256:` and the hex digest of all bytes after this line.
    pub checksum: String,
}

impl Header {
    /// The header of these lines.
    pub(super) fn of(build_id: &str, project_id: &str, event_count: usize, duration_ms: i64, body: &str) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            build_id: build_id.into(),
            project_id: project_id.into(),
            event_count,
            duration_ms,
            checksum: checksum(body.as_bytes()),
        }
    }
}

/// The checksum of the bytes after the header.
pub(super) fn checksum(body: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(body)))
}
