//! Addresses of downloads: which object, under which name, until when, in one text that only this server can have written.
//!
//! An address is an HMAC-SHA256 over what it says, with a key derived from the shared secret. Whoever has it needs no other
//! credential.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// The longest ticket that is read, in bytes.
const TICKET_MAX_BYTES: usize = 4096;

/// What an address is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// The object's key.
    pub object: String,
    /// The object's SHA-256, in hex.
    pub sha256: String,
    /// The name that the file is saved under.
    pub file_name: String,
    /// Until when, epoch seconds; at that moment it still is.
    pub expires: i64,
}

/// Keys that read tickets; the first one signs.
#[derive(Clone)]
pub struct TicketKeys(Vec<[u8; 32]>);

impl std::fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TicketKeys")
    }
}

impl TicketKeys {
    /// Keys derived from the secrets that are valid now.
    pub fn new(secrets: &[Vec<u8>]) -> Self {
        Self(secrets.iter().map(|secret| mac(secret, "buildcast download v1").finalize().into_bytes().into()).collect())
    }

    /// The ticket as a segment of a path.
    pub fn sign(&self, ticket: &Ticket) -> String {
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_string(ticket).expect("a ticket has string keys only"));
        let tag = mac(&self.0[0], &said).finalize().into_bytes();
        format!("{said}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Reads a ticket that any of the secrets signed, and that is still good; there is one text of each, to the letter.
    pub fn read(&self, text: &str, now_ms: i64) -> Option<Ticket> {
        if text.len() > TICKET_MAX_BYTES {
            return None;
        }
        let (said, tag) = text.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        // every key is tried, so that the time tells nothing of which one was right
        let right = self.0.iter().fold(false, |right, key| mac(key, said).verify_slice(&tag).is_ok() | right);
        if !right {
            return None;
        }
        let ticket: Ticket = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
        (now_ms <= ticket.expires.saturating_mul(1000)).then_some(ticket)
    }
}

fn mac(key: &[u8], text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket { object: "artifacts/p/v.zip".into(), sha256: "ab".repeat(32), file_name: "Caf\u{e9}-1.0.0.zip".into(), expires: 60 }
    }

    #[test]
    fn a_ticket_is_good_until_its_end_and_while_one_of_the_secrets_is() {
        let (old, new) = (b"old secret".to_vec(), b"new secret".to_vec());
        let text = TicketKeys::new(std::slice::from_ref(&old)).sign(&ticket());
        let rotating = TicketKeys::new(&[new.clone(), old]);
        assert_eq!(rotating.read(&text, 60_000), Some(ticket()));
        assert_eq!(rotating.read(&text, 60_001), None);
        assert_eq!(TicketKeys::new(&[new]).read(&text, 0), None);
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)), "{text}");
    }

    #[test]
    fn no_character_can_be_changed_left_out_or_added() {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
        let keys = TicketKeys::new(&[b"a secret".to_vec()]);
        let text = keys.sign(&ticket());
        for at in 0..text.len() {
            for other in ALPHABET.chars().filter(|c| !text[at..].starts_with(*c)) {
                let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                assert_eq!(keys.read(&changed, 0), None, "{changed}");
            }
            assert_eq!(keys.read(&format!("{}{}", &text[..at], &text[at + 1..]), 0), None);
        }
        for odd in [format!("{text}A"), format!("{text}="), format!(".{text}"), format!("{text}."), String::new(), ".".into(), "x".repeat(5000)] {
            assert_eq!(keys.read(&odd, 0), None, "{odd}");
        }
    }

    #[test]
    fn neither_a_request_nor_a_stream_token_signs_a_ticket() {
        let secret = b"a secret".to_vec();
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_string(&ticket()).unwrap());
        let tag = mac(&secret, &said).finalize().into_bytes();
        assert_eq!(TicketKeys::new(&[secret]).read(&format!("{said}.{}", URL_SAFE_NO_PAD.encode(tag)), 0), None);
    }
}
