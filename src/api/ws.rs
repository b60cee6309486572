//! `/v1/ws`: many streams over one socket. The upgrade is open to anyone; each subscription is judged by its own token,
//! else the upgrade's.

use super::auth::Listener;
use super::context::Context;
use super::envelope::error_body;
use super::stream_limits::{Place, address_of};
use super::stream_settings::StreamSettings;
use super::ws_frames::{ClientFrame, ServerFrame, named};
use crate::domain::catalogue::LOCALES;
use crate::domain::frame::{ConnectionStatus, ResetReason};
use crate::domain::locale::{LocaleHints, negotiate};
use crate::domain::problem::{AuthExpired, Problem};
use crate::service::access::StreamCaller;
use crate::service::streams::{OpenStream, OpenedStream};
use crate::service::{Delivery, Services};
use futures_util::{SinkExt, StreamExt};
use poem::web::Data;
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream};
use poem::{IntoResponse, Request, Response, handler};
use serde_json::value::RawValue;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};
use tokio_stream::{Stream, StreamMap};

/// The subprotocol, selected when it is offered.
const SUBPROTOCOL: &str = "buildcast.v1";
/// Bytes of a client's frame at most: a larger one closes the socket.
const FRAME_MAX_BYTES: usize = 64 << 10;
/// Streams of one socket at most.
const STREAMS_MAX: usize = 100;
/// Refusals on one socket: this one closes it.
const REFUSALS_MAX: u32 = 5;
/// A socket that takes nothing for so long is dropped.
const STALL: Duration = Duration::from_secs(30);
/// How long a reader waits before it asks a log again that could not be read.
const LOG_RETRY: Duration = Duration::from_millis(500);

/// Opens the socket.
#[handler]
pub(super) fn upgrade(request: &Request, socket: WebSocket, Data(parts): Data<&(Services, StreamSettings)>) -> poem::Result<Response> {
    let (services, settings) = parts.clone();
    if settings.stop.drain.is_cancelled() {
        return Err(super::error::ApiError::Problem(Problem::unavailable(2)).into());
    }
    let (caller, address) = (Listener::caller(request), address_of(request));
    let Some(context) = Context::from_request(request).cloned() else { return Err(poem::Error::from_status(poem::http::StatusCode::INTERNAL_SERVER_ERROR)) };
    // small buffers: an idle socket costs a few kilobytes, not a hundred
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = 4096;
    config.write_buffer_size = 0;
    config.max_write_buffer_size = 1 << 20;
    config.max_message_size = Some(FRAME_MAX_BYTES);
    config.max_frame_size = Some(FRAME_MAX_BYTES);
    let upgraded = socket.protocols([SUBPROTOCOL]).config(config).on_upgrade(move |socket| async move {
        let _running = settings.stop.open.token();
        let mut connection = Connection { socket, services, settings, context, caller, address, streams: StreamMap::new(), refusals: 0 };
        // whatever ends it, the socket is closed and that is all there is to do
        if let Err(Closed(code, reason)) = connection.run().await {
            let close = connection.socket.send(Message::Close(code.map(|code| (code, reason.to_owned()))));
            let _ = timeout(Duration::from_secs(1), close).await;
        }
    });
    Ok(upgraded.into_response())
}

/// Why a connection ends: with a close code, or because the peer is gone.
struct Closed(Option<CloseCode>, &'static str);

impl From<std::io::Error> for Closed {
    fn from(_: std::io::Error) -> Self {
        Self(None, "")
    }
}

/// News of one stream.
enum News {
    Delivery(Delivery),
    Expired(Option<i64>),
}

type Subscribed = Pin<Box<dyn Stream<Item = News> + Send>>;

struct Connection {
    socket: WebSocketStream,
    services: Services,
    settings: StreamSettings,
    context: Context,
    caller: StreamCaller,
    address: Option<IpAddr>,
    streams: StreamMap<String, Subscribed>,
    refusals: u32,
}

impl Connection {
    async fn run(&mut self) -> Result<(), Closed> {
        self.send(&ServerFrame::Connection { status: ConnectionStatus::Connected, locale: self.context.locale }).await?;
        let settings = self.settings.clone();
        let draining = super::sse::drained(&settings);
        tokio::pin!(draining);
        let mut pings = interval_at(Instant::now() + settings.heartbeat, settings.heartbeat);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                received = self.socket.next() => match received {
                    Some(Ok(message)) => self.receive(message).await?,
                    Some(Err(error)) => return Err(unreadable(&error)),
                    None => return Err(Closed(None, "")),
                },
                Some((stream, news)) = self.streams.next(), if !self.streams.is_empty() => self.tell(&stream, news).await?,
                () = &mut draining => return Err(Closed(Some(CloseCode::Away), "draining")),
                _ = pings.tick() => self.write(Message::ping(b"")).await?,
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Closed> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(Closed(Some(CloseCode::Normal), "")),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => return self.refuse(None, Problem::invalid("frame", "not_text")).await,
        };
        match serde_json::from_str(&text) {
            Ok(ClientFrame::Subscribe { stream, cursor, token }) => self.subscribe(stream, &cursor, token).await,
            Ok(ClientFrame::Unsubscribe { stream }) => {
                self.streams.remove(&stream);
                self.send(&ServerFrame::Unsubscribed { stream: &stream }).await
            }
            Ok(ClientFrame::SetLocale { locale }) => {
                let wanted = LocaleHints { header: Some(&locale), accept_language: Some(self.context.locale), ..LocaleHints::default() };
                self.context.locale = negotiate(wanted, LOCALES);
                self.send(&ServerFrame::Locale { locale: self.context.locale }).await
            }
            Ok(ClientFrame::Ping {}) => self.send(&ServerFrame::Pong {}).await,
            Err(_) => self.refuse(None, Problem::invalid("frame", "malformed")).await,
        }
    }

    async fn subscribe(&mut self, stream: String, cursor: &str, token: Option<String>) -> Result<(), Closed> {
        let caller = token.map_or_else(|| self.caller.clone(), StreamCaller::Token);
        let opened = match named(&stream) {
            None => Err(Problem::invalid("stream", "unknown_kind")),
            Some(_) if self.streams.contains_key(&stream) => Err(Problem::invalid("stream", "already_subscribed")),
            Some(_) if self.streams.len() >= STREAMS_MAX => Err(Problem::invalid("stream", "too_many")),
            Some(named) => self.services.open_stream(&caller, named, cursor).await.map_err(|error| super::error::ApiError::from(error).problem()),
        };
        match opened {
            Err(problem) => self.count_refusal(&stream, problem).await,
            Ok(OpenStream::Ended) => {
                self.send(&ServerFrame::Subscribed { stream: &stream }).await?;
                self.send(&ServerFrame::End { stream: &stream }).await
            }
            Ok(OpenStream::Open(open)) => {
                let place = match self.settings.limits.enter(&caller, self.address) {
                    Ok(place) => place,
                    Err(problem) => return self.count_refusal(&stream, problem).await,
                };
                self.send(&ServerFrame::Subscribed { stream: &stream }).await?;
                if let Some(reason) = open.reset {
                    self.reset(&stream, reason).await?;
                }
                let news = news(*open, place, self.services.now_ms());
                self.streams.insert(stream, news);
                Ok(())
            }
        }
    }

    async fn tell(&mut self, stream: &str, news: News) -> Result<(), Closed> {
        match news {
            News::Delivery(Delivery::Events(chunk)) => {
                for record in chunk.records.iter() {
                    let event: &RawValue = serde_json::from_str(&record.body).expect("the log holds JSON");
                    self.send(&ServerFrame::Event { stream, cursor: &record.cursor.to_string(), event }).await?;
                }
                Ok(())
            }
            News::Delivery(Delivery::Live) => self.send(&ServerFrame::Live { stream }).await,
            News::Delivery(Delivery::Ended) => self.send(&ServerFrame::End { stream }).await,
            News::Expired(expired_at) => self.refuse(Some(stream), AuthExpired { expired_at }.into()).await,
        }
    }

    async fn reset(&mut self, stream: &str, reason: ResetReason) -> Result<(), Closed> {
        self.send(&ServerFrame::Reset { stream, reason }).await
    }

    async fn count_refusal(&mut self, stream: &str, problem: Problem) -> Result<(), Closed> {
        self.refuse(Some(stream), problem).await?;
        self.refusals += 1;
        if self.refusals < REFUSALS_MAX { Ok(()) } else { Err(Closed(Some(CloseCode::Policy), "too many refusals")) }
    }

    async fn refuse(&mut self, stream: Option<&str>, problem: Problem) -> Result<(), Closed> {
        let body = Box::new(error_body(&problem, &self.context, &self.services));
        self.send(&ServerFrame::Error { stream, body }).await
    }

    async fn send(&mut self, frame: &ServerFrame<'_>) -> Result<(), Closed> {
        self.write(Message::text(frame.text())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), Closed> {
        match timeout(STALL, self.socket.send(message)).await {
            Ok(sent) => Ok(sent?),
            Err(_) => Err(Closed(None, "")),
        }
    }
}

/// A frame that tungstenite refused: too large, or no WebSocket frame at all.
fn unreadable(error: &std::io::Error) -> Closed {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too big") || text.contains("too large") {
        Closed(Some(CloseCode::Size), "frame too large")
    } else {
        Closed(None, "")
    }
}

/// A subscription as a stream, until its end or its token's.
fn news(open: OpenedStream, place: Place, now_ms: i64) -> Subscribed {
    let OpenedStream { mut subscription, expires_at_ms, .. } = open;
    let left = expires_at_ms.map(|at| Duration::from_millis(u64::try_from(at - now_ms).unwrap_or(0)));
    Box::pin(async_stream::stream! {
        let _place = place;
        let ends_at = Instant::now() + left.unwrap_or_default();
        loop {
            let delivery = tokio::select! {
                delivery = subscription.next() => delivery,
                () = sleep_until(ends_at), if left.is_some() => {
                    yield News::Expired(expires_at_ms);
                    break;
                }
            };
            match delivery {
                Ok(Delivery::Ended) => {
                    yield News::Delivery(Delivery::Ended);
                    break;
                }
                Ok(delivery) => yield News::Delivery(delivery),
                Err(_) => sleep(LOG_RETRY).await,
            }
        }
    })
}
