//! HMAC signatures of requests, versions 1 and 2, as the contract's "Signatures" says.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// How far a v2 timestamp may be off, milliseconds.
pub const CLOCK_WINDOW_MS: i64 = 300_000;

/// The headers of both versions.
pub mod header {
    /// v1: hex HMAC of body + path with query.
    pub const V1: &str = "x-sheen-signature";
    /// v2: hex HMAC of the canonical lines.
    pub const V2: &str = "x-sheen-sig-v2";
    /// v2: epoch milliseconds.
    pub const TIMESTAMP: &str = "x-sheen-timestamp";
    /// v2: 16 to 64 characters of `A-Z a-z 0-9 - _`.
    pub const NONCE: &str = "x-sheen-nonce";
}

/// A request as far as signatures see it.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// In capitals.
    pub method: &'a str,
    /// As on the request line: undecoded, query included.
    pub path_and_query: &'a str,
    /// The bytes as sent.
    pub body: &'a [u8],
}

/// The signature headers of a request, as they came.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignatureHeaders<'a> {
    /// `x-sheen-signature`
    pub v1: Option<&'a str>,
    /// `x-sheen-sig-v2`
    pub v2: Option<&'a str>,
    /// `x-sheen-timestamp`
    pub timestamp: Option<&'a str>,
    /// `x-sheen-nonce`
    pub nonce: Option<&'a str>,
}

impl SignatureHeaders<'_> {
    /// Which versions are shown, for metrics: `v1`, `v2`, `both` or `none`. A part of version 2 is a try at it.
    pub const fn version(&self) -> &'static str {
        match (self.v1.is_some(), self.v2.is_some() || self.timestamp.is_some() || self.nonce.is_some()) {
            (true, true) => "both",
            (true, false) => "v1",
            (false, true) => "v2",
            (false, false) => "none",
        }
    }
}

/// Why a signature is refused; the words are those of AUTH_FAILED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureFault {
    /// A header that the version needs is not there.
    Missing,
    /// A header is malformed, or the signature is another.
    Invalid,
    /// The timestamp is outside the window.
    Expired,
}

/// What a right signature leaves to be done: a v2 nonce must still be new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The nonce to remember, when v2 was used.
    pub nonce: Option<String>,
    /// Whether v1 was used.
    pub v1: bool,
}

/// Which versions a server accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedVersions {
    /// `x-sheen-signature`
    pub v1: bool,
    /// `x-sheen-sig-v2`
    pub v2: bool,
}

fn mac(secret: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

/// The v1 signature of a request, in hex.
pub fn sign_v1(secret: &[u8], request: SignedRequest<'_>) -> String {
    hex::encode(mac(secret, &[request.body, request.path_and_query.as_bytes()]).finalize().into_bytes())
}

fn canonical_v2(request: SignedRequest<'_>, timestamp: &str, nonce: &str) -> String {
    let digest = hex::encode(Sha256::digest(request.body));
    ["v2", request.method, request.path_and_query, timestamp, nonce, &digest].join("\n")
}

/// The v2 signature of a request, in hex.
pub fn sign_v2(secret: &[u8], request: SignedRequest<'_>, timestamp: &str, nonce: &str) -> String {
    hex::encode(mac(secret, &[canonical_v2(request, timestamp, nonce).as_bytes()]).finalize().into_bytes())
}

/// Bytes of a signature in hex.
const SIGNATURE_BYTES: usize = 64;

/// What can be said of a request's headers before its body is there: whether a version that is accepted is shown, in the
/// form that it has to have, and within the time that its timestamp gives it.
pub fn check_form(accepted: AcceptedVersions, headers: SignatureHeaders<'_>, now_ms: i64) -> Result<(), SignatureFault> {
    let v1 = headers.v1.filter(|_| accepted.v1);
    if let Some(signature) = v1 {
        check_hex(signature)?;
    }
    let v2_shown = headers.v2.is_some() || headers.timestamp.is_some() || headers.nonce.is_some();
    if !(v2_shown && accepted.v2) {
        return if v1.is_some() { Ok(()) } else { Err(SignatureFault::Missing) };
    }
    let signature = headers.v2.ok_or(SignatureFault::Missing)?;
    let timestamp = headers.timestamp.ok_or(SignatureFault::Missing)?;
    let nonce = headers.nonce.ok_or(SignatureFault::Missing)?;
    check_hex(signature)?;
    if !(16..=64).contains(&nonce.len()) || !super::ids::is_id(nonce) {
        return Err(SignatureFault::Invalid);
    }
    let plain = (1..=15).contains(&timestamp.len()) && timestamp.bytes().all(|b| b.is_ascii_digit());
    let at_ms: i64 = timestamp.parse().ok().filter(|_| plain).ok_or(SignatureFault::Invalid)?;
    if now_ms.abs_diff(at_ms) > CLOCK_WINDOW_MS.unsigned_abs() { Err(SignatureFault::Expired) } else { Ok(()) }
}

fn check_hex(signature: &str) -> Result<(), SignatureFault> {
    let fits = signature.len() == SIGNATURE_BYTES && signature.bytes().all(|b| b.is_ascii_hexdigit());
    if fits { Ok(()) } else { Err(SignatureFault::Invalid) }
}

/// Checks whatever versions a request shows: all that it shows must be right, and at least one must be there.
/// `secrets` are those valid now; each comparison takes constant time.
pub fn verify(
    secrets: &[&[u8]],
    accepted: AcceptedVersions,
    request: SignedRequest<'_>,
    headers: SignatureHeaders<'_>,
    now_ms: i64,
) -> Result<Verified, SignatureFault> {
    check_form(accepted, headers, now_ms)?;
    let v1 = headers.v1.filter(|_| accepted.v1);
    if let Some(signature) = v1 {
        check(secrets, &[request.body, request.path_and_query.as_bytes()], signature)?;
    }
    let mut nonce = None;
    if let (true, Some(signature), Some(timestamp), Some(shown)) = (accepted.v2, headers.v2, headers.timestamp, headers.nonce) {
        check(secrets, &[canonical_v2(request, timestamp, shown).as_bytes()], signature)?;
        nonce = Some(shown.to_owned());
    }
    Ok(Verified { nonce, v1: v1.is_some() })
}

fn check(secrets: &[&[u8]], parts: &[&[u8]], signature: &str) -> Result<(), SignatureFault> {
    let shown = hex::decode(signature).map_err(|_| SignatureFault::Invalid)?;
    // every secret is tried, so that the time tells nothing of which one was right
    let right = secrets.iter().fold(false, |right, secret| mac(secret, parts).verify_slice(&shown).is_ok() | right);
    if right { Ok(()) } else { Err(SignatureFault::Invalid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"a shared secret";
    const BOTH: AcceptedVersions = AcceptedVersions { v1: true, v2: true };
    const NONCE: &str = "abcdefghij0123456789";

    fn request(path: &'static str) -> SignedRequest<'static> {
        SignedRequest { method: "POST", path_and_query: path, body: b"{\"a\":1}" }
    }

    #[test]
    fn vectors_computed_with_openssl_hold() {
        // printf '{"a":1}/v1/builds?x=1' | openssl dgst -sha256 -hmac 'a shared secret'
        assert_eq!(sign_v1(SECRET, request("/v1/builds?x=1")), "2a0c233eb8d39564e78b3d1191f239708b3212e3cd0750845caed46f953d9a3a");
        // printf 'v2\nPOST\n/v1/builds\n1735689600000\nabcdefghij0123456789\n<sha256 of the body>' | openssl …
        assert_eq!(sign_v2(SECRET, request("/v1/builds"), "1735689600000", NONCE), "ce85b77d215b4049a4fa877cb2c550055dfdd15c8911b6796083d80faf857693");
    }

    #[test]
    fn either_version_is_enough_and_both_must_be_right_when_both_are_shown() {
        let r = request("/v1/builds");
        let (v1, v2) = (sign_v1(SECRET, r), sign_v2(SECRET, r, "1000", NONCE));
        let one = SignatureHeaders { v1: Some(&v1), ..Default::default() };
        let two = SignatureHeaders { v2: Some(&v2), timestamp: Some("1000"), nonce: Some(NONCE), v1: None };
        assert_eq!(verify(&[SECRET], BOTH, r, one, 0), Ok(Verified { nonce: None, v1: true }));
        assert_eq!(verify(&[b"old", SECRET], BOTH, r, two, 0), Ok(Verified { nonce: Some(NONCE.into()), v1: false }));
        let mixed = SignatureHeaders { v1: Some(&v2), ..two };
        assert_eq!(verify(&[SECRET], BOTH, r, mixed, 0), Err(SignatureFault::Invalid));
    }

    #[test]
    fn what_is_missing_malformed_or_late_is_named() {
        let r = request("/v1/builds");
        let v2 = sign_v2(SECRET, r, "1000", NONCE);
        let full = SignatureHeaders { v2: Some(&v2), timestamp: Some("1000"), nonce: Some(NONCE), v1: None };
        let cases = [
            (SignatureHeaders::default(), 0, SignatureFault::Missing),
            (SignatureHeaders { timestamp: None, ..full }, 0, SignatureFault::Missing),
            (SignatureHeaders { nonce: None, ..full }, 0, SignatureFault::Missing),
            (SignatureHeaders { v2: None, ..full }, 0, SignatureFault::Missing),
            (SignatureHeaders { nonce: Some("short"), ..full }, 0, SignatureFault::Invalid),
            (SignatureHeaders { timestamp: Some("+1000"), ..full }, 0, SignatureFault::Invalid),
            (SignatureHeaders { v2: Some("zz"), ..full }, 0, SignatureFault::Invalid),
            (full, 1000 + CLOCK_WINDOW_MS + 1, SignatureFault::Expired),
        ];
        for (headers, now, fault) in cases {
            assert_eq!(verify(&[SECRET], BOTH, r, headers, now), Err(fault), "{headers:?}");
        }
        assert!(verify(&[SECRET], BOTH, r, full, 1000 + CLOCK_WINDOW_MS).is_ok());
    }

    #[test]
    fn what_no_body_could_make_right_is_known_without_it() {
        let hex = "0f".repeat(32);
        let full = SignatureHeaders { v2: Some(&hex), timestamp: Some("1000"), nonce: Some(NONCE), v1: None };
        let one = SignatureHeaders { v1: Some(&hex), ..Default::default() };
        let v2_only = AcceptedVersions { v1: false, v2: true };
        assert_eq!((check_form(BOTH, full, 0), check_form(BOTH, one, 0), check_form(v2_only, one, 0)), (Ok(()), Ok(()), Err(SignatureFault::Missing)));
        for odd in ["", "00", &hex[1..], &format!("{hex}0"), &"zz".repeat(32), &"\u{e9}".repeat(32)] {
            assert_eq!(check_form(BOTH, SignatureHeaders { v1: Some(odd), ..full }, 0), Err(SignatureFault::Invalid), "{odd}");
            assert_eq!(check_form(BOTH, SignatureHeaders { v2: Some(odd), ..full }, 0), Err(SignatureFault::Invalid), "{odd}");
        }
        assert_eq!(check_form(BOTH, full, 1001 + CLOCK_WINDOW_MS), Err(SignatureFault::Expired));
        assert_eq!(check_form(BOTH, SignatureHeaders { nonce: Some("short"), ..full }, 0), Err(SignatureFault::Invalid));
        assert_eq!(check_form(BOTH, SignatureHeaders { timestamp: None, ..full }, 0), Err(SignatureFault::Missing));
    }

    #[test]
    fn a_retired_version_counts_as_not_shown() {
        let r = request("/v1/builds");
        let v1 = sign_v1(SECRET, r);
        let headers = SignatureHeaders { v1: Some(&v1), ..Default::default() };
        assert_eq!(verify(&[SECRET], AcceptedVersions { v1: false, v2: true }, r, headers, 0), Err(SignatureFault::Missing));
    }

    proptest! {
        #[test]
        fn a_signature_over_anything_else_is_refused(path in "/[a-z]{1,8}", other in "/[a-z]{1,8}", body in any::<Vec<u8>>()) {
            prop_assume!(path != other);
            let signature = sign_v2(SECRET, SignedRequest { method: "GET", path_and_query: &path, body: &body }, "5", NONCE);
            let shown = SignatureHeaders { v2: Some(&signature), timestamp: Some("5"), nonce: Some(NONCE), v1: None };
            for changed in [SignedRequest { method: "GET", path_and_query: &other, body: &body }, SignedRequest { method: "PUT", path_and_query: &path, body: &body }] {
                prop_assert_eq!(verify(&[SECRET], BOTH, changed, shown, 5), Err(SignatureFault::Invalid));
            }
        }
    }
}
