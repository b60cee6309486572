//! The page's sessions: a backend mints a token for a user, which logs in once; what comes of it is kept by the browser alone.

use super::access::MintedToken;
use super::{ServiceError, Services};
use crate::domain::ids::is_user_id;
use crate::domain::jwt::TokenFault;
use crate::domain::page_session::{PAGE_TOKEN_SECONDS_MAX, PageClaims, Purpose};
use crate::domain::problem::{AuthExpired, AuthReason, FieldError, Problem};

/// Somebody who is logged in to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSession {
    /// The user.
    pub user_id: String,
    /// When it ends, epoch milliseconds.
    pub expires_at_ms: i64,
}

impl Services {
    /// Mints a page token for a user. It lives so many seconds and logs in once.
    pub fn mint_page_token(&self, user_id: &str, ttl_seconds: i64) -> Result<MintedToken, ServiceError> {
        let mut errors = Vec::new();
        if !is_user_id(user_id) {
            errors.push(FieldError::new("userId", "1 to 128 visible characters"));
        }
        if !(1..=PAGE_TOKEN_SECONDS_MAX).contains(&ttl_seconds) {
            errors.push(FieldError::new("ttlSeconds", format!("1 to {PAGE_TOKEN_SECONDS_MAX}")));
        }
        if !errors.is_empty() {
            return Err(Problem::validation(errors).into());
        }
        let claims = PageClaims::new(Purpose::Login, user_id, self.new_id(), self.now_ms(), ttl_seconds);
        Ok(MintedToken { token: claims.sign(Purpose::Login, &self.inner.settings.secrets[0]), expires_at_ms: claims.expires_at_ms() })
    }

    /// Begins a session with a page token, for the page that has this key: the session, and the JWT that shows it. A token that
    /// was used is AUTH_FAILED.
    pub async fn open_page_session(&self, token: &str, key: &str, ttl_seconds: i64) -> Result<(PageSession, String), Problem> {
        let claims = self.page_claims(Purpose::Login, token)?;
        // its memory is as long as that of a signature's nonces, which is longer than a page token lives
        if !self.inner.fleet.remember(&format!("page:{}", claims.jti), self.now_ms()).await {
            return Err(Problem::auth(AuthReason::Replayed));
        }
        let session = PageClaims::new(Purpose::Session, &claims.sub, self.new_id(), self.now_ms(), ttl_seconds).bound_to(key);
        let token = session.sign(Purpose::Session, &self.inner.settings.secrets[0]);
        Ok((PageSession { expires_at_ms: session.expires_at_ms(), user_id: claims.sub }, token))
    }

    /// The session that a JWT shows, to the page that has this key.
    pub fn page_session(&self, token: &str, key: &str) -> Result<PageSession, Problem> {
        let claims = self.page_claims(Purpose::Session, token)?;
        if !claims.is_bound_to(key) {
            return Err(Problem::auth(AuthReason::Invalid));
        }
        Ok(PageSession { expires_at_ms: claims.expires_at_ms(), user_id: claims.sub })
    }

    fn page_claims(&self, purpose: Purpose, token: &str) -> Result<PageClaims, Problem> {
        let secrets: Vec<&[u8]> = self.inner.settings.secrets.iter().map(Vec::as_slice).collect();
        PageClaims::read(purpose, token, &secrets, self.now_ms()).map_err(|fault| match fault {
            TokenFault::Invalid => Problem::auth(AuthReason::Invalid),
            TokenFault::Expired { expired_at } => AuthExpired { expired_at: Some(expired_at) }.into(),
        })
    }
}
