//! The streams of one socket.

use super::super::stream_limits::Place;
use crate::domain::problem::Problem;
use crate::service::access::StreamCaller;
use crate::service::streams::{Expiry, OpenStream, OpenedStream};
use crate::service::{Delivery, Subscription};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};
use tokio_util::task::AbortOnDropHandle;

/// What happened on a stream.
pub(super) enum News {
    /// It was opened for this caller, or refused.
    Opened(StreamCaller, Result<OpenStream, Problem>),
    /// Something came, or it is over.
    Delivery(Delivery),
    /// Its token, or its replay, has had its time.
    Expired(Expiry),
}

struct Subscribed {
    name: String,
    subscription: Subscription,
    expiry: Option<(Pin<Box<Sleep>>, Expiry)>,
    _place: Place,
}

impl Subscribed {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<News> {
        // before news: what has expired says nothing more
        if let Some((expiry, at)) = &mut self.expiry
            && expiry.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(News::Expired(*at));
        }
        self.subscription.poll_next(cx).map(News::Delivery)
    }
}

/// A stream that is being opened: by a task of its own, so that a database that is slow keeps nothing else on the socket
/// waiting.
struct Opening {
    name: String,
    caller: StreamCaller,
    task: AbortOnDropHandle<Result<OpenStream, Problem>>,
}

/// The streams that a socket listens to, by name.
#[derive(Default)]
pub(super) struct Streams {
    opening: Vec<Opening>,
    open: Vec<Subscribed>,
    /// The one that is asked first: each in turn, so that a busy one does not keep the others silent.
    turn: usize,
}

impl Streams {
    pub fn len(&self) -> usize {
        self.open.len() + self.opening.len()
    }

    pub fn has(&self, name: &str) -> bool {
        self.open.iter().any(|stream| stream.name == name) || self.opening.iter().any(|stream| stream.name == name)
    }

    /// Opens a stream, of which news will tell.
    pub fn open(&mut self, name: String, caller: StreamCaller, opened: impl Future<Output = Result<OpenStream, Problem>> + Send + 'static) {
        self.opening.push(Opening { name, caller, task: AbortOnDropHandle::new(tokio::spawn(opened)) });
    }

    pub fn insert(&mut self, name: String, open: OpenedStream, place: Place, now_ms: i64) {
        let left = |at: i64| Duration::from_millis(u64::try_from(at - now_ms).unwrap_or(0));
        let expiry = open.expiry.map(|expiry| (Box::pin(sleep(left(expiry.at_ms))), expiry));
        self.open.push(Subscribed { name, subscription: open.subscription, expiry, _place: place });
    }

    pub fn remove(&mut self, name: &str) {
        self.open.retain(|stream| stream.name != name);
        self.opening.retain(|stream| stream.name != name);
    }

    /// The next news, and whose; a stream that is over is no longer among them. Pending while there are none.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<(String, News)> {
        for at in 0..self.opening.len() {
            if let Poll::Ready(opened) = Pin::new(&mut self.opening[at].task).poll(cx) {
                let Opening { name, caller, .. } = self.opening.swap_remove(at);
                let opened = opened.unwrap_or_else(|_| Err(Problem::unavailable(1)));
                return Poll::Ready((name, News::Opened(caller, opened)));
            }
        }
        let count = self.open.len();
        for step in 0..count {
            let at = (self.turn + step) % count;
            if let Poll::Ready(news) = self.open[at].poll_next(cx) {
                self.turn = at + 1;
                let name = match news {
                    News::Delivery(Delivery::Ended) | News::Expired(_) => self.open.swap_remove(at).name,
                    _ => self.open[at].name.clone(),
                };
                return Poll::Ready((name, news));
            }
        }
        Poll::Pending
    }
}
