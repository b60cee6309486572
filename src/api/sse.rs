//! The body of an event stream: the one place where a subscriber's bytes leave.

use super::context::Context;
use super::envelope::error_body;
use super::stream_limits::Place;
use super::stream_settings::StreamSettings;
use crate::domain::frame::{ControlFrame, DRAINING, HEARTBEAT};
use crate::domain::locale::DEFAULT;
use crate::domain::problem::{AuthExpired, Problem};
use crate::service::streams::OpenedStream;
use crate::service::{Delivery, Services, Subscription};
use async_stream::stream;
use bytes::Bytes;
use poem::Body;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::StreamExt;

/// How long a reader waits before it asks a log again that could not be read.
const LOG_RETRY: Duration = Duration::from_millis(500);

/// The stream's frames until it ends: by the build's last event, the token's second, or the drain.
pub(super) fn body(mut open: OpenedStream, place: Place, settings: StreamSettings, services: Services, context: Option<Context>) -> Body {
    let locale = context.as_ref().map_or(DEFAULT, |context| context.locale);
    let expiry = open.expires_at_ms.map(|at| (at, Duration::from_millis(u64::try_from(at - services.now_ms()).unwrap_or(0))));
    // held until the last byte is out: the listener stays open as long
    let held = (settings.stop.open.token(), place);
    let frames = stream! {
        let _held = held;
        yield Bytes::from(ControlFrame::connection(locale));
        if let Some(reason) = open.reset {
            yield Bytes::from(ControlFrame::Reset { reason }.to_sse());
        }
        let ends_at = Instant::now() + expiry.map_or(Duration::from_secs(u64::from(u32::MAX)), |(_, left)| left);
        let draining = drained(&settings);
        tokio::pin!(draining);
        let mut silent_until = Instant::now() + settings.heartbeat;
        loop {
            let bytes = tokio::select! {
                delivery = next(&mut open.subscription) => match delivery {
                    Delivery::Events(chunk) => chunk.bytes,
                    Delivery::Live => Bytes::from(ControlFrame::Live {}.to_sse()),
                    Delivery::Ended => break,
                },
                () = sleep_until(silent_until) => Bytes::from_static(HEARTBEAT.as_bytes()),
                () = &mut draining => {
                    yield Bytes::from_static(DRAINING.as_bytes());
                    break;
                }
                () = sleep_until(ends_at), if expiry.is_some() => {
                    let problem: Problem = AuthExpired { expired_at: expiry.map(|(at, _)| at) }.into();
                    if let Some(context) = &context {
                        yield Bytes::from(ControlFrame::Error(Box::new(error_body(&problem, context, &services))).to_sse());
                    }
                    break;
                }
            };
            yield bytes;
            silent_until = Instant::now() + settings.heartbeat;
        }
    };
    Body::from_bytes_stream(frames.map(Ok::<_, std::io::Error>))
}

/// The next delivery; a log that can't be read now is asked again, and the stream stays open meanwhile.
async fn next(subscription: &mut Subscription) -> Delivery {
    loop {
        match subscription.next().await {
            Ok(delivery) => return delivery,
            Err(_) => sleep(LOG_RETRY).await,
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
