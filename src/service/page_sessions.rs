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
        Ok(self.sign_page(Purpose::Login, user_id, ttl_seconds))
    }

    /// Begins a session with a page token: the session, and the JWT that shows it. A token that was used is AUTH_FAILED.
    pub async fn open_page_session(&self, token: &str, ttl_seconds: i64) -> Result<(PageSession, String), Problem> {
        let claims = self.page_claims(Purpose::Login, token)?;
        // its memory is as long as that of a signature's nonces, which is longer than a page token lives
        if !self.inner.fleet.remember(&format!("page:{}", claims.jti), self.now_ms()).await {
            return Err(Problem::auth(AuthReason::Replayed));
        }
        let minted = self.sign_page(Purpose::Session, &claims.sub, ttl_seconds);
        Ok((PageSession { user_id: claims.sub, expires_at_ms: minted.expires_at_ms }, minted.token))
    }

    /// The session that a JWT shows.
    pub fn page_session(&self, token: &str) -> Result<PageSession, Problem> {
        let claims = self.page_claims(Purpose::Session, token)?;
        Ok(PageSession { expires_at_ms: claims.expires_at_ms(), user_id: claims.sub })
    }

    fn sign_page(&self, purpose: Purpose, user_id: &str, ttl_seconds: i64) -> MintedToken {
        let claims = PageClaims::new(purpose, user_id, self.new_id(), self.now_ms(), ttl_seconds);
        MintedToken { token: claims.sign(purpose, &self.inner.settings.secrets[0]), expires_at_ms: claims.expires_at_ms() }
    }

    fn page_claims(&self, purpose: Purpose, token: &str) -> Result<PageClaims, Problem> {
        let secrets: Vec<&[u8]> = self.inner.settings.secrets.iter().map(Vec::as_slice).collect();
        PageClaims::read(purpose, token, &secrets, self.now_ms()).map_err(|fault| match fault {
            TokenFault::Invalid => Problem::auth(AuthReason::Invalid),
            TokenFault::Expired { expired_at } => AuthExpired { expired_at: Some(expired_at) }.into(),
        })
    }
}
