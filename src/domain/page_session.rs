//! The page's login: a page token, with which a backend sends a user to the page, and the session that the page has for it.
//! Both are JWTs; neither stands for the other, nor for a stream token.

use super::jwt;
use super::jwt::TokenFault;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Seconds that a page token may be good for: used ones are remembered as long.
pub const PAGE_TOKEN_SECONDS_MAX: i64 = 300;

/// What such a JWT is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To log in, once.
    Login,
    /// To be logged in.
    Session,
}

impl Purpose {
    const fn audience(self) -> &'static str {
        match self {
            Self::Login => "buildcast:page",
            Self::Session => "buildcast:session",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Login => "buildcast page token v1",
            Self::Session => "buildcast page session v1",
        }
    }
}

/// What a page token or a session says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageClaims {
    aud: String,
    /// The user.
    pub sub: String,
    /// Its own id.
    pub jti: String,
    /// Of a session: the hex SHA-256 of the key that its page keeps and shows with it. A cookie alone opens nothing: sites of
    /// other ports and of sibling hosts can set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// When it was minted, epoch seconds.
    pub iat: i64,
    /// The second at which it is stale.
    pub exp: i64,
}

impl PageClaims {
    /// Claims for a user from now for `ttl_seconds`.
    pub fn new(purpose: Purpose, user_id: &str, id: String, now_ms: i64, ttl_seconds: i64) -> Self {
        let iat = now_ms / 1000;
        Self { aud: purpose.audience().into(), sub: user_id.into(), jti: id, key: None, iat, exp: iat + ttl_seconds }
    }

    /// Bound to a page's key.
    #[must_use]
    pub fn bound_to(self, key: &str) -> Self {
        Self { key: Some(hex::encode(Sha256::digest(key))), ..self }
    }

    /// Whether it is bound to this key.
    pub fn is_bound_to(&self, key: &str) -> bool {
        self.key.as_deref() == Some(hex::encode(Sha256::digest(key)).as_str())
    }

    /// The token, signed with a key derived from `secret`.
    pub fn sign(&self, purpose: Purpose, secret: &[u8]) -> String {
        jwt::sign(purpose.key(), self, secret)
    }

    /// Reads a token for this purpose that any of `secrets` signed. It is stale at its second, without leeway.
    pub fn read(purpose: Purpose, token: &str, secrets: &[&[u8]], now_ms: i64) -> Result<Self, TokenFault> {
        let claims = jwt::read(purpose.key(), token, secrets).filter(|claims: &Self| claims.aud == purpose.audience()).ok_or(TokenFault::Invalid)?;
        jwt::judge(claims.expires_at_ms(), now_ms).map(|()| claims)
    }

    /// The millisecond from which it is stale.
    pub const fn expires_at_ms(&self) -> i64 {
        self.exp.saturating_mul(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::StreamClaims;
    use super::*;

    const SECRET: &[u8] = b"secret";

    fn token(purpose: Purpose) -> String {
        PageClaims::new(purpose, "u", "id".into(), 1_000_500, 60).sign(purpose, SECRET)
    }

    #[test]
    fn each_reads_back_until_its_second() {
        for purpose in [Purpose::Login, Purpose::Session] {
            let read = |now_ms| PageClaims::read(purpose, &token(purpose), &[b"other", SECRET], now_ms);
            assert_eq!(read(1_059_999).unwrap().sub, "u");
            assert_eq!(read(1_060_000), Err(TokenFault::Expired { expired_at: 1_060_000 }));
        }
    }

    #[test]
    fn a_session_is_of_one_page() {
        let claims = PageClaims::new(Purpose::Session, "u", "id".into(), 1_000_500, 60);
        assert!(!claims.is_bound_to("") && !claims.is_bound_to("a key"));
        let bound = claims.bound_to("a key");
        let read = PageClaims::read(Purpose::Session, &bound.sign(Purpose::Session, SECRET), &[SECRET], 1_000_500).unwrap();
        assert!(read.is_bound_to("a key") && !read.is_bound_to("another") && !read.is_bound_to(""));
    }

    #[test]
    fn none_stands_for_another() {
        let read = |purpose, token: &str| PageClaims::read(purpose, token, &[SECRET], 1_000_500);
        let stream = StreamClaims::new("u", vec!["b".into()], vec![], 1_000_500, 60).sign(SECRET);
        for (purpose, other) in [(Purpose::Login, Purpose::Session), (Purpose::Session, Purpose::Login)] {
            assert_eq!(read(purpose, &token(other)), Err(TokenFault::Invalid));
            assert_eq!(read(purpose, &stream), Err(TokenFault::Invalid));
            assert_eq!(StreamClaims::read(&token(other), &[SECRET], 1_000_500), Err(TokenFault::Invalid));
            // not even where the key is right and the audience is another's
            let odd = PageClaims::new(other, "u", "id".into(), 1_000_500, 60).sign(purpose, SECRET);
            assert_eq!(read(purpose, &odd), Err(TokenFault::Invalid));
        }
    }
}
