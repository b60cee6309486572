//! Stream tokens: JWTs that say who may listen to which builds and projects, and until when.

use super::jwt;
pub use super::jwt::TokenFault;
use serde::{Deserialize, Serialize};

const AUDIENCE: &str = "buildcast:stream";
const KEY: &str = "buildcast stream token v1";

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamClaims {
    aud: String,
    /// The user it was minted for.
    pub sub: String,
    /// Builds (and rollback jobs) it may listen to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<String>,
    /// Projects it may listen to, with all their builds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// When it was minted, epoch seconds.
    pub iat: i64,
    /// The second at which it is stale.
    pub exp: i64,
}

impl StreamClaims {
    /// Claims for a user from now for `ttl_seconds`.
    pub fn new(user_id: &str, builds: Vec<String>, projects: Vec<String>, now_ms: i64, ttl_seconds: i64) -> Self {
        let iat = now_ms / 1000;
        Self { aud: AUDIENCE.into(), sub: user_id.into(), builds, projects, iat, exp: iat + ttl_seconds }
    }

    /// The token, signed with a key derived from `secret`.
    pub fn sign(&self, secret: &[u8]) -> String {
        jwt::sign(KEY, self, secret)
    }

    /// Reads a token that any of `secrets` signed. It is stale at its second, without leeway.
    pub fn read(token: &str, secrets: &[&[u8]], now_ms: i64) -> Result<Self, TokenFault> {
        let claims: Self = jwt::read(KEY, token, secrets).filter(|claims: &Self| claims.aud == AUDIENCE).ok_or(TokenFault::Invalid)?;
        jwt::judge(claims.expires_at_ms(), now_ms).map(|()| claims)
    }

    /// The millisecond from which the token is stale.
    pub fn expires_at_ms(&self) -> i64 {
        self.exp.saturating_mul(1000)
    }

    /// Whether it opens the stream of a build of a project.
    pub fn opens_build(&self, build_id: &str, project_id: &str) -> bool {
        self.builds.iter().any(|b| b == build_id) || self.opens_project(project_id)
    }

    /// Whether it opens a project's stream.
    pub fn opens_project(&self, project_id: &str) -> bool {
        self.projects.iter().any(|p| p == project_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    const SECRET: &[u8] = b"secret";

    fn claims() -> StreamClaims {
        StreamClaims::new("u", vec!["b1".into()], vec!["p1".into()], 1_000_500, 60)
    }

    #[test]
    fn a_token_reads_back_and_opens_only_what_it_names() {
        let read = StreamClaims::read(&claims().sign(SECRET), &[b"other", SECRET], 1_000_500).unwrap();
        assert_eq!(read, claims());
        assert!(read.opens_build("b1", "p9") && read.opens_build("b9", "p1") && read.opens_project("p1"));
        assert!(!read.opens_build("b9", "p9") && !read.opens_project("p9"));
    }

    #[test]
    fn a_token_is_stale_at_its_second() {
        let token = claims().sign(SECRET);
        assert!(StreamClaims::read(&token, &[SECRET], 1_059_999).is_ok());
        assert_eq!(StreamClaims::read(&token, &[SECRET], 1_060_000), Err(TokenFault::Expired { expired_at: 1_060_000 }));
    }

    #[test]
    fn forged_tokens_are_invalid() {
        let token = claims().sign(SECRET);
        let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), token.split('.').nth(1).unwrap());
        let signed = token.rsplit_once('.').unwrap().0;
        let raw_secret = {
            let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
            mac.update(signed.as_bytes());
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
        };
        for forged in ["", ".", "..", "a.b.c", &token[1..], &none, &raw_secret, &claims().sign(b"other")] {
            assert_eq!(StreamClaims::read(forged, &[SECRET], 1_000_500), Err(TokenFault::Invalid), "{forged}");
        }
    }
}
