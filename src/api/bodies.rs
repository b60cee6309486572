//! Taking a body whole before anybody knows who sends it: how large it may be, how slow, and how much of such bodies a node
//! holds at once.

use super::body::{BODY_MAX, LARGE_BODY_MAX};
use super::error::ApiError;
use crate::domain::problem::{PayloadTooLarge, Problem};
use futures_util::StreamExt;
use poem::http::Method;
use poem::{Body, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

/// Paths whose bodies hold template files.
const LARGE: &[&str] = &["/v1/builds", "/v1/builds/batch", "/v1/create-preview-for-new-project", "/v1/update-project"];
/// KiB of bodies that a node holds before their signatures are judged.
const ROOM_KIB: usize = 256 << 10;
/// Seconds after which somebody who found no room may try again.
const RETRY_SECONDS: u64 = 5;
const PACE: Pace = Pace { first: Duration::from_secs(30), bytes_per_second: 64 << 10, room: Duration::from_secs(5) };
/// What is read and dropped of a body that is not wanted, so that its sender gets to see the answer.
const DRAIN_MAX_BYTES: usize = 64 << 20;
const DRAIN_MAX: Duration = Duration::from_secs(5);
/// How long nothing may come of it.
const DRAIN_PAUSE_MAX: Duration = Duration::from_millis(500);

/// How long a body may take.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// However short it is.
    first: Duration,
    /// So many bytes that have come give a second more.
    bytes_per_second: u64,
    /// How long it waits for room.
    room: Duration,
}

/// The bodies that a node holds of requests whose signatures are not judged yet; clones share the room.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    room: Arc<Semaphore>,
    pace: Pace,
}

/// A body, and the room that it has until it is let go.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub bytes: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(ROOM_KIB)), pace: PACE }
    }
}

impl Bodies {
    /// Takes a request's body whole, up to the limit of its path.
    pub async fn take(&self, request: &mut Request) -> Result<Held, ApiError> {
        let large = request.method() == Method::POST && LARGE.contains(&request.uri().path());
        let limit = if large { LARGE_BODY_MAX } else { BODY_MAX };
        let said: Option<u64> = request.header("content-length").and_then(|length| length.parse().ok());
        if let Some(actual) = said.filter(|length| *length > limit) {
            drop_body(request).await;
            return Err(ApiError::Problem(PayloadTooLarge { limit, actual: Some(actual) }.into()));
        }
        self.read(request.take_body(), limit).await
    }

    /// Reads a body whole, up to a limit.
    pub async fn read(&self, body: Body, limit: u64) -> Result<Held, ApiError> {
        let (mut stream, mut held, began) = (body.into_bytes_stream(), Held::default(), Instant::now());
        loop {
            let earned = Duration::from_secs(held.bytes.len() as u64 / self.pace.bytes_per_second);
            let due = began + self.pace.first + earned;
            let part = timeout_at(due, stream.next()).await.map_err(|_| ApiError::Problem(Problem::invalid("body", "too_slow")))?;
            let Some(part) = part else { return Ok(held) };
            let part = part.map_err(|_| ApiError::Problem(Problem::invalid("body", "incomplete")))?;
            if held.bytes.len() as u64 + part.len() as u64 > limit {
                return Err(ApiError::Problem(PayloadTooLarge { limit, actual: None }.into()));
            }
            self.make_room(&mut held, part.len()).await?;
            held.bytes.extend_from_slice(&part);
        }
    }

    /// Room for what has come, and not for what somebody says will come: else a few claims would fill it.
    async fn make_room(&self, held: &mut Held, more: usize) -> Result<(), ApiError> {
        let has = held.room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let lacks = (held.bytes.len() + more).div_ceil(1 << 10).saturating_sub(has);
        let full = || ApiError::Problem(Problem::unavailable(RETRY_SECONDS));
        let lacks = u32::try_from(lacks).map_err(|_| full())?;
        let found = timeout(self.pace.room, self.room.clone().acquire_many_owned(lacks)).await;
        let found = found.ok().and_then(Result::ok).ok_or_else(full)?;
        match &mut held.room {
            Some(room) => room.merge(found),
            none => *none = Some(found),
        }
        Ok(())
    }
}

/// Reads and drops a body, unless its sender waits for "100 Continue" and has sent nothing yet.
pub(super) async fn drop_body(request: &mut Request) {
    if request.headers().contains_key("expect") {
        return;
    }
    let mut stream = request.take_body().into_bytes_stream();
    let mut left = DRAIN_MAX_BYTES;
    let all = async {
        while let Ok(Some(Ok(part))) = timeout(DRAIN_PAUSE_MAX, stream.next()).await {
            left = left.saturating_sub(part.len());
            if left == 0 {
                break;
            }
        }
    };
    // whether it took too long does not matter
    let _ = timeout(DRAIN_MAX, all).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    const HASTY: Pace = Pace { first: Duration::from_millis(20), bytes_per_second: 1, room: Duration::from_millis(20) };

    fn bodies(kib: usize) -> Bodies {
        Bodies { room: Arc::new(Semaphore::new(kib)), pace: HASTY }
    }

    /// A body of these parts.
    fn body(parts: Vec<Vec<u8>>) -> Body {
        Body::from_bytes_stream(stream::iter(parts.into_iter().map(Ok::<_, std::io::Error>)))
    }

    fn refusal(read: Result<Held, ApiError>) -> serde_json::Value {
        let problem = read.expect_err("a refusal").problem();
        serde_json::json!([problem.code(), problem.params()])
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let silent = Body::from_bytes_stream(stream::pending::<std::io::Result<Vec<u8>>>());
        assert_eq!(refusal(bodies(1).read(silent, 100).await), serde_json::json!(["INVALID_INPUT", {"field": "body", "reason": "too_slow"}]));
    }

    #[tokio::test]
    async fn what_has_come_gives_a_body_more_time() {
        // five seconds' worth of bytes: the rest comes after the first moment, and is not too late
        let late = stream::once(async {
            tokio::time::sleep(HASTY.first * 2).await;
            Ok::<_, std::io::Error>(b"rest".to_vec())
        });
        let body = Body::from_bytes_stream(stream::once(async { Ok(b"first".to_vec()) }).chain(late));
        assert_eq!(bodies(1).read(body, 100).await.unwrap().bytes, b"firstrest");
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_to_come_again_and_what_is_let_go_makes_room() {
        let bodies = bodies(3);
        let first = bodies.read(body(vec![vec![1; 1000], vec![2; 1000]]), 4096).await.unwrap();
        assert_eq!(bodies.room.available_permits(), 1);
        assert_eq!(refusal(bodies.read(body(vec![vec![3; 1024], vec![4]]), 4096).await), serde_json::json!(["SERVICE_UNAVAILABLE", {"retryAfter": 5}]));
        assert_eq!(bodies.room.available_permits(), 1, "a refused body holds nothing");
        drop(first);
        assert_eq!(bodies.read(body(vec![vec![3; 1024], vec![4]]), 4096).await.unwrap().bytes.len(), 1025);
        assert_eq!(bodies.room.available_permits(), 3);
    }

    #[tokio::test]
    async fn a_claim_takes_no_room_and_nothing_is_read_past_the_limit() {
        let bodies = bodies(1);
        let mut claim = Request::builder().method(Method::POST).header("content-length", "1000000").body(body(vec![b"{}".to_vec()]));
        let held = bodies.take(&mut claim).await.unwrap();
        assert!(held.bytes == b"{}" && held.bytes.capacity() < 1000, "{}", held.bytes.capacity());
        drop(held);
        assert_eq!(refusal(bodies.read(body(vec![vec![0; 60], vec![0; 60]]), 100).await), serde_json::json!(["PAYLOAD_TOO_LARGE", {"limit": 100}]));
    }
}
