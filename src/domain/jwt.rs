//! JWTs (HS256) that this server alone signs and reads, each kind with a key of its own.
//!
//! A key is derived from the shared secret, never the secret itself: a v1 signature is an HMAC over text that the
//! signer chooses, and must not be able to stand for a token. Nor can a token of one kind stand for another's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// The longest token read, in bytes.
pub const TOKEN_MAX_BYTES: usize = 16 * 1024;
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Not a token of ours.
    Invalid,
    /// It was one, until this epoch millisecond.
    Expired {
        /// When it ended, epoch milliseconds.
        expired_at: i64,
    },
}

/// Claims as a token, signed with the key of this name that is derived from `secret`.
pub(super) fn sign<C: Serialize>(key: &str, claims: &C, secret: &[u8]) -> String {
    let claims = serde_json::to_string(claims).expect("claims have string keys only");
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let tag = mac(key, secret, &signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The claims of a token that such a key of any of `secrets` signed. Whether they are stale is not looked at.
pub(super) fn read<C: DeserializeOwned>(key: &str, token: &str, secrets: &[&[u8]]) -> Option<C> {
    if token.len() > TOKEN_MAX_BYTES {
        return None;
    }
    let (signed, tag) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    let right = secrets.iter().fold(false, |right, secret| mac(key, secret, signed).verify_slice(&tag).is_ok() | right);
    // one header is ours: no other algorithm is ever looked at
    if !right || URL_SAFE_NO_PAD.decode(header).ok()? != HEADER.as_bytes() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// Stale at its very millisecond.
pub(super) const fn judge(expires_at_ms: i64, now_ms: i64) -> Result<(), TokenFault> {
    if now_ms >= expires_at_ms { Err(TokenFault::Expired { expired_at: expires_at_ms }) } else { Ok(()) }
}

fn mac(key: &str, secret: &[u8], signed: &str) -> Hmac<Sha256> {
    let mut derived = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    derived.update(key.as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&derived.finalize().into_bytes()).expect("HMAC takes keys of any length");
    mac.update(signed.as_bytes());
    mac
}
