//! Requests with an `Idempotency-Key`: each is done once. The key is held, and its answer kept, by the transaction that does
//! the work, so that no crash comes between the two.

mod queues;

pub(super) use queues::KeyQueues;

use super::{ServiceError, Services};
use crate::domain::problem::{IdempotencyInProgress, Problem};
use crate::store::Transaction;
use crate::store::idempotency::{self, Held, NewAnswer, NewKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};

/// After how long to try again when the first request with a key has not ended, seconds.
const RETRY_AFTER_SECONDS: u64 = 1;
/// Answers that a sweep removes in one transaction, and transactions of one sweep.
const SWEPT_AT_ONCE: i64 = 1_000;
const SWEEPS_AT_MOST: usize = 200;

/// A request with a key, as far as it says which one it is.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "their names say it")]
pub struct KeyedRequest<'a> {
    /// The user that the request names; without one the caller is whoever holds the secret.
    pub user: Option<&'a str>,
    pub method: &'a str,
    pub path: &'a str,
    pub key: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
    /// The `If-Match` header, several as one list.
    pub if_match: Option<&'a [u8]>,
    pub request_id: &'a str,
}

/// A request's claim to be done once. The default one is that of a request without a key: it holds and keeps nothing.
#[derive(Debug, Clone, Default)]
pub struct Once(Option<Arc<Claim>>);

#[derive(Debug)]
struct Claim {
    key_hash: String,
    request_hash: String,
    request_id: String,
    answer: Mutex<Option<Answer>>,
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: String,
    /// The locale of its text for people, where it has one.
    pub content_language: Option<String>,
    /// The entity tag, where it has one.
    pub etag: Option<String>,
    /// The body.
    pub body: String,
}

/// What is known of a key.
#[derive(Debug)]
pub enum Recorded {
    /// The same request was answered so.
    Same {
        /// The answer.
        answer: Answer,
        /// The id of the request that got it first.
        first_request_id: String,
    },
    /// Another request has used it.
    Another,
}

impl Once {
    /// The claim of a request with a key.
    pub fn of(request: &KeyedRequest<'_>) -> Self {
        let who = if request.user.is_some() { "user" } else { "secret" };
        let key_hash =
            hash(&[who.as_bytes(), request.user.unwrap_or_default().as_bytes(), request.method.as_bytes(), request.path.as_bytes(), request.key.as_bytes()]);
        let parts: Vec<&[u8]> = [request.query.as_bytes(), request.body].into_iter().chain(request.if_match).collect();
        let request_hash = hash(&parts);
        Self(Some(Arc::new(Claim { key_hash, request_hash, request_id: request.request_id.to_owned(), answer: Mutex::default() })))
    }

    /// Keeps the answer of work that this transaction does, as the last statement before its commit.
    pub async fn keep<T: Serialize>(&self, tx: &mut Transaction, status: u16, view: &T) -> Result<(), ServiceError> {
        self.keep_tagged(tx, status, None, view).await
    }

    /// The same with an entity tag.
    pub async fn keep_tagged<T: Serialize>(&self, tx: &mut Transaction, status: u16, etag: Option<&str>, view: &T) -> Result<(), ServiceError> {
        if self.0.is_none() {
            return Ok(());
        }
        let body = serde_json::to_string(view).expect("answers have string keys only");
        let answer = Answer { status, content_type: "application/json".into(), content_language: None, etag: etag.map(str::to_owned), body };
        self.keep_answer(tx, answer).await
    }

    /// What was kept last: the answer, once its transaction is committed.
    pub fn kept(&self) -> Option<Answer> {
        self.0.as_ref()?.answer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn keep_answer(&self, tx: &mut Transaction, answer: Answer) -> Result<(), ServiceError> {
        let Some(claim) = &self.0 else { return Ok(()) };
        let row = NewAnswer {
            status: answer.status.into(),
            content_type: &answer.content_type,
            content_language: answer.content_language.as_deref(),
            etag: answer.etag.as_deref(),
            body: &answer.body,
        };
        idempotency::keep(tx, &claim.key_hash, row).await?;
        *claim.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok(())
    }
}

impl Services {
    /// A write transaction that holds the request's key until it ends. `ServiceError::Answered` when the request was
    /// answered meanwhile, IDEMPOTENCY_IN_PROGRESS when somebody else holds the key for too long.
    pub async fn begin_once(&self, once: &Once) -> Result<Transaction, ServiceError> {
        let mut tx = self.inner.db.begin().await?;
        let Some(claim) = &once.0 else { return Ok(tx) };
        let key = NewKey { key_hash: &claim.key_hash, request_hash: &claim.request_hash, request_id: &claim.request_id };
        let now_ms = self.now_ms();
        match idempotency::hold(&mut tx, key, self.forgotten_until(now_ms), now_ms).await? {
            Held::Ours => Ok(tx),
            Held::Answered => Err(ServiceError::Answered),
            Held::Others => Err(in_progress().into()),
        }
    }

    /// Keeps the answer of a request that only looked.
    pub(super) async fn keep_look<T: Serialize>(&self, once: &Once, view: &T) -> Result<(), ServiceError> {
        if once.0.is_none() {
            return Ok(());
        }
        let mut tx = self.begin_once(once).await?;
        once.keep(&mut tx, 200, view).await?;
        Ok(tx.commit().await?)
    }

    /// What is known of the request's key.
    pub async fn recorded(&self, once: &Once) -> Result<Option<Recorded>, ServiceError> {
        let Some(claim) = &once.0 else { return Ok(None) };
        let Some(row) = idempotency::find(&self.inner.db, &claim.key_hash, self.forgotten_until(self.now_ms())).await? else { return Ok(None) };
        if row.request_hash != claim.request_hash {
            return Ok(Some(Recorded::Another));
        }
        let status = u16::try_from(row.status).unwrap_or_default();
        let answer = Answer { status, content_type: row.content_type, content_language: row.content_language, etag: row.etag, body: row.body };
        Ok(Some(Recorded::Same { answer, first_request_id: row.request_id }))
    }

    /// Keeps an answer that tells of no work, such as a refusal.
    pub async fn keep_refusal(&self, once: &Once, answer: Answer) -> Result<(), ServiceError> {
        let mut tx = self.begin_once(once).await?;
        once.keep_answer(&mut tx, answer).await?;
        Ok(tx.commit().await?)
    }

    /// Removes answers that have had their time.
    pub(super) async fn sweep_keys(&self) -> Result<u64, ServiceError> {
        let mut removed = 0;
        for _ in 0..SWEEPS_AT_MOST {
            let mut tx = self.inner.db.begin().await?;
            let gone = idempotency::remove_until(&mut tx, self.forgotten_until(self.now_ms()), SWEPT_AT_ONCE).await?;
            tx.commit().await?;
            removed += gone;
            if gone < SWEPT_AT_ONCE.unsigned_abs() {
                break;
            }
        }
        Ok(removed)
    }

    /// Answers from this time or before are forgotten, epoch milliseconds.
    fn forgotten_until(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(self.inner.settings.idempotency_ms)
    }
}

fn in_progress() -> Problem {
    IdempotencyInProgress { retry_after: RETRY_AFTER_SECONDS }.into()
}

/// SHA-256 in hex of parts, each with its length before it: no other parts give these bytes.
fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(change: impl FnOnce(&mut KeyedRequest<'static>)) -> (String, String) {
        let mut request =
            KeyedRequest { user: Some("u"), method: "POST", path: "/v1/builds", key: "k", query: "", body: b"{}", if_match: None, request_id: "r" };
        change(&mut request);
        let claim = Once::of(&request).0.unwrap();
        (claim.key_hash.clone(), claim.request_hash.clone())
    }

    #[test]
    fn caller_method_path_and_key_make_the_key_and_the_rest_the_request() {
        let first = claim(|_| {});
        assert_eq!(claim(|request| request.request_id = "s"), first);
        let others: [fn(&mut KeyedRequest<'static>); 6] = [
            |request| request.user = Some("v"),
            |request| request.user = None,
            |request| request.user = Some(""),
            |request| request.method = "PATCH",
            |request| (request.path, request.key) = ("/v1/build", "sk"),
            |request| request.key = "K",
        ];
        let keys: std::collections::BTreeSet<_> = others.map(|change| claim(change).0).into_iter().chain([first.0.clone()]).collect();
        assert_eq!(keys.len(), 7);
        let others: [fn(&mut KeyedRequest<'static>); 5] = [
            |request| request.query = "a",
            |request| request.body = b"{} ",
            |request| request.if_match = Some(b""),
            |request| request.if_match = Some(b"\"1\""),
            |request| request.if_match = Some(b"\"2\""),
        ];
        let requests: std::collections::BTreeSet<_> = others
            .map(|change| {
                let (key, request) = claim(change);
                assert_eq!(key, first.0);
                request
            })
            .into_iter()
            .chain([first.1])
            .collect();
        assert_eq!(requests.len(), 6);
    }
}
