//! Who is asking: signatures of requests, and stream tokens.

use super::{ServiceError, Services};
use crate::domain::ids::{is_id, is_user_id};
use crate::domain::problem::{AuthExpired, AuthReason, FieldError, NotFound, Problem};
use crate::domain::signature::{SignatureFault, SignatureHeaders, SignedRequest, check_form, sign_v2, verify};
use crate::domain::token::{StreamClaims, TokenFault};
use crate::store::{builds, projects};
use std::collections::HashSet;

/// Life of a token that comes with a start, seconds.
pub const START_TOKEN_SECONDS: i64 = 3600;
/// Streams that one token may name.
const TOKEN_STREAMS_MAX: usize = 100;

/// What a caller of a stream shows.
#[derive(Debug, Clone)]
pub enum StreamCaller {
    /// A signed request: it may listen to anything.
    Signed,
    /// A stream token.
    Token(String),
    /// Nothing.
    Nobody,
}

/// A minted token.
#[derive(Debug, Clone)]
pub struct MintedToken {
    /// The JWT.
    pub token: String,
    /// When it becomes stale, epoch milliseconds.
    pub expires_at_ms: i64,
}

impl Services {
    /// Checks a request's signature, and that its nonce is new, and counts what came out.
    pub async fn verify_signature(&self, request: SignedRequest<'_>, headers: SignatureHeaders<'_>) -> Result<(), Problem> {
        let outcome = self.judge(request, headers).await;
        self.inner.metrics.edge().signature(headers.version(), outcome.as_ref().map_or_else(AuthReason::word, |()| "accepted"));
        outcome.map_err(Problem::auth)
    }

    /// Refuses headers that no body could make right, before the body is read. What passes is not counted yet.
    pub fn check_signature_form(&self, headers: SignatureHeaders<'_>) -> Result<(), Problem> {
        check_form(self.inner.settings.signatures, headers, self.now_ms()).map_err(|fault| {
            let reason = reason_of(fault);
            self.inner.metrics.edge().signature(headers.version(), reason.word());
            Problem::auth(reason)
        })
    }

    async fn judge(&self, request: SignedRequest<'_>, headers: SignatureHeaders<'_>) -> Result<(), AuthReason> {
        let settings = &self.inner.settings;
        let secrets: Vec<&[u8]> = settings.secrets.iter().map(Vec::as_slice).collect();
        let verified = verify(&secrets, settings.signatures, request, headers, self.now_ms()).map_err(reason_of)?;
        let Some(nonce) = verified.nonce else { return Ok(()) };
        if self.inner.fleet.remember(&nonce, self.now_ms()).await { Ok(()) } else { Err(AuthReason::Replayed) }
    }

    /// The v2 headers' values of a request that this server signs itself: timestamp, nonce, signature.
    pub fn sign_v2(&self, request: SignedRequest<'_>) -> (String, String, String) {
        let (timestamp, nonce) = (self.now_ms().to_string(), self.new_id());
        let signature = sign_v2(&self.inner.settings.secrets[0], request, &timestamp, &nonce);
        (timestamp, nonce, signature)
    }

    /// Mints a stream token for a user, who has to be the owner of all that it opens. It lives so many seconds.
    pub async fn mint_token(&self, user_id: &str, builds: Vec<String>, projects: Vec<String>, ttl_seconds: i64) -> Result<MintedToken, ServiceError> {
        let mut errors = Vec::new();
        if !is_user_id(user_id) {
            errors.push(FieldError::new("userId", "1 to 128 visible characters"));
        }
        if builds.len() + projects.len() > TOKEN_STREAMS_MAX || builds.is_empty() && projects.is_empty() {
            errors.push(FieldError::new("builds", format!("1 to {TOKEN_STREAMS_MAX} builds and projects in all")));
        }
        if !builds.iter().all(|id| is_id(id)) {
            errors.push(FieldError::new("builds", "not an id"));
        }
        if !projects.iter().all(|id| is_id(id)) {
            errors.push(FieldError::new("projects", "not an id"));
        }
        if !(1..=3600).contains(&ttl_seconds) {
            errors.push(FieldError::new("ttlSeconds", "1 to 3600"));
        }
        if !errors.is_empty() {
            return Err(Problem::validation(errors).into());
        }
        let owned = if builds.is_empty() { HashSet::new() } else { builds::owned(&self.inner.db, &builds, user_id).await? };
        all_owned("build", &builds, &owned)?;
        let owned = if projects.is_empty() { HashSet::new() } else { projects::owned(&self.inner.db, &projects, user_id).await? };
        all_owned("project", &projects, &owned)?;
        Ok(self.sign_token(user_id, builds, projects, ttl_seconds))
    }

    pub(super) fn sign_token(&self, user_id: &str, builds: Vec<String>, projects: Vec<String>, ttl_seconds: i64) -> MintedToken {
        let claims = StreamClaims::new(user_id, builds, projects, self.now_ms(), ttl_seconds);
        MintedToken { token: claims.sign(&self.inner.settings.secrets[0]), expires_at_ms: claims.expires_at_ms() }
    }

    /// What a token says; none for a signed request.
    pub(super) fn claims(&self, caller: &StreamCaller) -> Result<Option<StreamClaims>, Problem> {
        let token = match caller {
            StreamCaller::Signed => return Ok(None),
            StreamCaller::Nobody => return Err(Problem::auth(AuthReason::Missing)),
            StreamCaller::Token(token) => token,
        };
        let secrets: Vec<&[u8]> = self.inner.settings.secrets.iter().map(Vec::as_slice).collect();
        StreamClaims::read(token, &secrets, self.now_ms()).map(Some).map_err(|fault| match fault {
            TokenFault::Invalid => Problem::auth(AuthReason::Invalid),
            TokenFault::Expired { expired_at } => AuthExpired { expired_at: Some(expired_at) }.into(),
        })
    }
}

const fn reason_of(fault: SignatureFault) -> AuthReason {
    match fault {
        SignatureFault::Missing => AuthReason::Missing,
        SignatureFault::Invalid => AuthReason::Invalid,
        SignatureFault::Expired => AuthReason::Expired,
    }
}

/// NOT_FOUND for the first of a token's ids that is not its user's, or not there.
fn all_owned(resource: &str, ids: &[String], owned: &HashSet<String>) -> Result<(), Problem> {
    match ids.iter().position(|id| !owned.contains(id)) {
        None => Ok(()),
        Some(index) => Err(NotFound { resource: resource.into(), field: Some(format!("{resource}s[{index}]")) }.into()),
    }
}
