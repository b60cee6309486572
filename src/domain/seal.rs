//! Sealed messages: what one node tells another over a bus that others may reach, too.
//!
//! A seal is an HMAC-SHA256 over the channel and the payload, with a key derived from the shared secret. Whoever can
//! write to the bus but does not know the secret can delay news, and nothing more.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const TAG_BYTES: usize = 32;

/// Keys that open messages; the first one seals.
#[derive(Clone)]
pub struct SealKeys(Vec<[u8; TAG_BYTES]>);

impl std::fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKeys")
    }
}

impl SealKeys {
    /// Keys derived from the secrets that are valid now.
    pub fn new(secrets: &[Vec<u8>]) -> Self {
        Self(secrets.iter().map(|secret| mac(secret, &[b"buildcast bus v1"]).finalize().into_bytes().into()).collect())
    }

    /// The payload with its seal before it.
    pub fn seal(&self, channel: &str, payload: &[u8]) -> Vec<u8> {
        let tag = tagged(&self.0[0], channel, payload).finalize().into_bytes();
        [&tag[..], payload].concat()
    }

    /// The payload of a message that was sealed for this channel.
    pub fn open<'a>(&self, channel: &str, message: &'a [u8]) -> Option<&'a [u8]> {
        let (tag, payload) = message.split_at_checked(TAG_BYTES)?;
        self.0.iter().any(|key| tagged(key, channel, payload).verify_slice(tag).is_ok()).then_some(payload)
    }
}

/// The length first: no channel and payload read as another channel and payload.
fn tagged(key: &[u8], channel: &str, payload: &[u8]) -> Hmac<Sha256> {
    mac(key, &[&(channel.len() as u64).to_be_bytes(), channel.as_bytes(), payload])
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_secret_sealed_for_the_channel_is_opened() {
        let (old, new) = (b"old secret".to_vec(), b"new secret".to_vec());
        let (before, rotating, after) = (SealKeys::new(std::slice::from_ref(&old)), SealKeys::new(&[new.clone(), old]), SealKeys::new(&[new]));
        let sealed = before.seal("c", b"payload");
        assert_eq!(rotating.open("c", &sealed), Some(&b"payload"[..]));
        assert_eq!(after.open("c", &sealed), None, "a secret that is no longer valid");
        assert_eq!(rotating.open("d", &sealed), None, "another channel");
        assert_eq!(rotating.open("cp", &[&sealed[..TAG_BYTES], b"ayload"].concat()), None, "a letter moved from payload to channel");
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!((before.open("c", &changed), before.open("c", b"short"), before.open("c", b"")), (None, None, None));
        assert_eq!(before.open("c", &before.seal("c", b"")), Some(&b""[..]));
    }
}
