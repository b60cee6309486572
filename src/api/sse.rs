//! The body of an event stream: the one place where a subscriber's bytes leave.

use super::context::Context;
use super::failure::{error_body, log_told};
use super::stream_limits::Place;
use super::stream_settings::StreamSettings;
use crate::domain::frame::{ControlFrame, DRAINING, HEARTBEAT, RETRY_MS, event_frame};
use crate::domain::legacy::with_messages;
use crate::domain::locale::DEFAULT;
use crate::service::streams::{Expiry, OpenedStream};
use crate::service::{Delivery, Services, Subscription};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use poem::Body;
use std::io;
use std::pin::Pin;
use std::task::{self, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};
use tokio_stream::Stream;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The stream's frames until it ends: by the build's last event, the token's second, or the drain.
pub(super) fn body(
    open: OpenedStream,
    place: Place,
    settings: &StreamSettings,
    services: &Services,
    context: Option<&Context>,
    legacy: Option<&'static str>,
) -> Body {
    let mut first = ControlFrame::connection(context.map_or(DEFAULT, |context| context.locale), open.replay, RETRY_MS.into());
    if let Some(reason) = open.reset {
        first.push_str(&ControlFrame::Reset { reason }.to_sse());
    }
    Body::from_bytes_stream(Frames {
        first: Some(first.into()),
        subscription: open.subscription,
        legacy,
        ends: Box::pin(ends(settings.clone(), open.expiry, services.clone(), context.cloned())),
        asked: true,
        ended: false,
        heartbeat: settings.heartbeat,
        silence: Box::pin(sleep(settings.heartbeat)),
        last: Instant::now(),
        _held: (settings.stop.open.token(), place),
    })
}

/// A subscriber's frames. Polled by hand: a stream that waits holds a few hundred bytes, and an event costs it no timer.
struct Frames {
    first: Option<Bytes>,
    subscription: Subscription,
    /// The locale of the events' legacy messages, where they have any: frames of this stream's own then, and not those that
    /// all readers share.
    legacy: Option<&'static str>,
    /// Done when the stream has to end, with its last frame.
    ends: BoxFuture<'static, Bytes>,
    /// Whether that was looked at since the last frame.
    asked: bool,
    ended: bool,
    heartbeat: Duration,
    /// Goes off when nothing may have been said for a heartbeat; moved on then, and not with each event.
    silence: Pin<Box<Sleep>>,
    last: Instant,
    /// Held until the last byte is out: the listener stays open as long.
    _held: (TaskTrackerToken, Place),
}

impl Stream for Frames {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        // once a frame: a reader that is behind is not served beyond its token's time, either
        let ask = !std::mem::replace(&mut self.asked, true);
        if ask && let Poll::Ready(last) = self.poll_ends(cx) {
            return Poll::Ready(Some(Ok(last)));
        }
        let bytes = match self.subscription.poll_next(cx) {
            Poll::Ready(Delivery::Events(chunk)) => match self.legacy {
                None => chunk.sse(),
                Some(locale) => {
                    let frames = chunk.records.iter().map(|record| event_frame(&record.cursor, &with_messages(&record.body, locale)));
                    frames.collect::<String>().into()
                }
            },
            Poll::Ready(Delivery::Live) => ControlFrame::Live {}.to_sse().into(),
            Poll::Ready(Delivery::Ended) => return Poll::Ready(None),
            Poll::Pending => {
                if !ask && let Poll::Ready(last) = self.poll_ends(cx) {
                    return Poll::Ready(Some(Ok(last)));
                }
                ready!(self.poll_silence(cx));
                Bytes::from_static(HEARTBEAT.as_bytes())
            }
        };
        self.asked = false;
        self.last = Instant::now();
        Poll::Ready(Some(Ok(bytes)))
    }
}

impl Frames {
    fn poll_ends(&mut self, cx: &mut task::Context<'_>) -> Poll<Bytes> {
        let last = ready!(self.ends.as_mut().poll(cx));
        self.ended = true;
        Poll::Ready(last)
    }

    /// Ready when nothing was said for a heartbeat.
    fn poll_silence(&mut self, cx: &mut task::Context<'_>) -> Poll<()> {
        loop {
            ready!(self.silence.as_mut().poll(cx));
            let due = self.last + self.heartbeat;
            let now = Instant::now();
            self.silence.as_mut().reset(if due > now { due } else { now + self.heartbeat });
            if due <= now {
                return Poll::Ready(());
            }
        }
    }
}

/// Waits until the stream has to end, and gives its last frame.
async fn ends(settings: StreamSettings, expiry: Option<Expiry>, services: Services, context: Option<Context>) -> Bytes {
    let draining = drained(&settings);
    let Some(expiry) = expiry else {
        draining.await;
        return Bytes::from_static(DRAINING.as_bytes());
    };
    let left = Duration::from_millis(u64::try_from(expiry.at_ms - services.now_ms()).unwrap_or(0));
    tokio::select! {
        () = draining => Bytes::from_static(DRAINING.as_bytes()),
        () = sleep(left) => {
            let problem = expiry.problem();
            let told = |context: Context| {
                let body = error_body(&problem, &context, &services);
                log_told(&body);
                ControlFrame::Error(Box::new(body)).to_sse().into()
            };
            context.map(told).unwrap_or_default()
        }
    }
}

/// Waits for the drain, and then for this stream's own moment in its window, so that not all clients come back at once.
pub(super) async fn drained(settings: &StreamSettings) {
    settings.stop.drain.cancelled().await;
    let share = getrandom::u32().unwrap_or(0);
    tokio::select! {
        () = sleep(settings.drain_window.mul_f64(f64::from(share) / f64::from(u32::MAX))) => {}
        () = settings.stop.now.cancelled() => {}
    }
}
