//! One socket, from its first frame to its close.

use super::super::context::Context;
use super::super::error::ApiError;
use super::super::failure::{error_body, log_told};
use super::super::sse::drained;
use super::super::stream_settings::StreamSettings;
use super::super::streams::legacy_messages;
use super::client_frame::ClientFrame;
use super::frames::{ServerFrame, named};
use super::streams::{News, Streams};
use crate::domain::catalogue::LOCALES;
use crate::domain::frame::{ConnectionStatus, socket_event_frame};
use crate::domain::legacy::with_messages;
use crate::domain::locale::{LocaleHints, negotiate};
use crate::domain::problem::Problem;
use crate::service::access::StreamCaller;
use crate::service::streams::OpenStream;
use crate::service::{Delivery, Services};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use poem::Upgraded;
use std::future::poll_fn;
use std::net::IpAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

/// Streams of one socket at most.
const STREAMS_MAX: usize = 100;
/// Refusals on one socket: this one closes it.
const REFUSALS_MAX: u32 = 5;
/// Errors of all other kinds on one socket, but those of tokens whose time is over: each is a line of the log.
const ERRORS_MAX: u32 = 100;
/// Pings that a peer may leave unanswered: a slow one finds them behind all that the kernel holds for it.
const UNANSWERED_MAX: u32 = 10;
/// How long a peer may take to answer a close.
const CLOSING: Duration = Duration::from_secs(1);

/// Why a connection ends.
enum Closed {
    /// We close it, and say why.
    Here(CloseCode, &'static str),
    /// The peer closes it.
    There,
    /// The peer is gone.
    Gone,
}

impl From<Error> for Closed {
    /// RFC 6455, 7.4.1: each way in which a peer's frames can't be read has its code.
    fn from(error: Error) -> Self {
        match error {
            Error::Capacity(_) => Self::Here(CloseCode::Size, "frame too large"),
            Error::Utf8(_) => Self::Here(CloseCode::Invalid, "not UTF-8"),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            Error::Protocol(_) => Self::Here(CloseCode::Protocol, "protocol error"),
            _ => Self::Gone,
        }
    }
}

pub(super) struct Connection {
    socket: WebSocketStream<Upgraded>,
    services: Services,
    settings: StreamSettings,
    context: Context,
    caller: StreamCaller,
    address: Option<IpAddr>,
    streams: Streams,
    refusals: u32,
    errors: u32,
    /// Pings since the peer last said anything; browsers answer pings by themselves.
    unanswered: u32,
}

impl Connection {
    pub fn new(
        socket: WebSocketStream<Upgraded>,
        services: Services,
        settings: StreamSettings,
        context: Context,
        caller: StreamCaller,
        address: Option<IpAddr>,
    ) -> Self {
        Self { socket, services, settings, context, caller, address, streams: Streams::default(), refusals: 0, errors: 0, unanswered: 0 }
    }

    /// Speaks with the peer until one of the two ends it.
    pub async fn converse(mut self) {
        let Err(closed) = self.run().await;
        self.streams = Streams::default();
        let goodbye = async {
            match closed {
                Closed::Gone => return,
                Closed::There => drop(self.socket.flush().await),
                Closed::Here(code, reason) => drop(self.socket.close(Some(CloseFrame { code, reason: reason.into() })).await),
            }
            // what is still on its way is read, or the kernel would take the close frame back with a reset; below the
            // WebSocket, which reads nothing more after an error
            let tcp = self.socket.get_mut();
            let _ = tcp.shutdown().await;
            let mut rest = [0; 4096];
            while tcp.read(&mut rest).await.is_ok_and(|read| read > 0) {}
        };
        let _ = timeout(CLOSING, Box::pin(goodbye)).await;
    }

    async fn run(&mut self) -> Result<std::convert::Infallible, Closed> {
        self.send(&ServerFrame::Connection { status: ConnectionStatus::Connected, locale: self.context.locale }).await?;
        let settings = self.settings.clone();
        let mut draining = Box::pin(drained(&settings));
        let mut pings = interval_at(Instant::now() + settings.heartbeat, settings.heartbeat);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                received = self.socket.next() => {
                    self.unanswered = 0;
                    match received {
                        // boxed: what a socket holds while it waits stays small
                        Some(message) => Box::pin(self.receive(message?)).await?,
                        None => return Err(Closed::Gone),
                    }
                }
                (stream, news) = poll_fn(|cx| self.streams.poll_next(cx)) => self.tell(&stream, news).await?,
                () = &mut draining => return Err(Closed::Here(CloseCode::Away, "draining")),
                _ = pings.tick() => {
                    if self.unanswered == UNANSWERED_MAX {
                        return Err(Closed::Gone);
                    }
                    self.unanswered += 1;
                    self.socket.send(Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), Closed> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(Closed::There),
            Message::Ping(_) => return Ok(self.socket.flush().await?),
            Message::Pong(_) | Message::Frame(_) => return Ok(()),
            Message::Binary(_) => return self.refuse(None, Problem::invalid("frame", "not_text")).await,
        };
        match ClientFrame::read(&text) {
            Some(ClientFrame::Subscribe { stream, cursor, token }) => self.subscribe(stream, cursor.unwrap_or_default(), token).await,
            Some(ClientFrame::Unsubscribe { stream }) => {
                self.streams.remove(&stream);
                self.send(&ServerFrame::Unsubscribed { stream: &stream }).await
            }
            Some(ClientFrame::SetLocale { locale }) => {
                let wanted = LocaleHints { header: Some(&locale), accept_language: Some(self.context.locale), ..LocaleHints::default() };
                self.context.locale = negotiate(wanted, LOCALES);
                self.send(&ServerFrame::Locale { locale: self.context.locale }).await
            }
            Some(ClientFrame::Ping {}) => self.send(&ServerFrame::Pong {}).await,
            None => self.refuse(None, Problem::invalid("frame", "malformed")).await,
        }
    }

    async fn subscribe(&mut self, stream: String, cursor: String, token: Option<String>) -> Result<(), Closed> {
        let caller = token.map_or_else(|| self.caller.clone(), StreamCaller::Token);
        let refused = match named(&stream) {
            None => "unknown_kind",
            Some(_) if self.streams.has(&stream) => "already_subscribed",
            Some(_) if self.streams.len() >= STREAMS_MAX => "too_many",
            Some(_) => {
                let (services, name, asking) = (self.services.clone(), stream.clone(), caller.clone());
                self.streams.open(stream, caller, async move {
                    let named = named(&name).ok_or_else(|| Problem::invalid("stream", "unknown_kind"))?;
                    services.open_stream(&asking, named, &cursor).await.map_err(|error| ApiError::from(error).problem())
                });
                return Ok(());
            }
        };
        self.count_refusal(&stream, Problem::invalid("stream", refused)).await
    }

    async fn opened(&mut self, stream: &str, caller: &StreamCaller, opened: Result<OpenStream, Problem>) -> Result<(), Closed> {
        let open = match opened {
            // a database that is away is no fault of the client's
            Err(away @ Problem::ServiceUnavailable(_)) => return self.refuse(Some(stream), away).await,
            Err(problem) => return self.count_refusal(stream, problem).await,
            Ok(OpenStream::Ended) => None,
            Ok(OpenStream::Open(open)) => match self.settings.limits.enter(caller, self.address) {
                Ok(place) => Some((open, place)),
                Err(full @ Problem::ServiceUnavailable(_)) => {
                    self.refuse(Some(stream), full).await?;
                    return Err(Closed::Here(CloseCode::Again, "overloaded"));
                }
                Err(problem) => return self.count_refusal(stream, problem).await,
            },
        };
        self.send(&ServerFrame::Subscribed { stream }).await?;
        let Some((open, place)) = open else { return self.send(&ServerFrame::End { stream }).await };
        if let Some(reason) = open.reset {
            self.send(&ServerFrame::Reset { stream, reason }).await?;
        }
        self.streams.insert(stream.to_owned(), *open, place, self.services.now_ms());
        Ok(())
    }

    async fn tell(&mut self, stream: &str, news: News) -> Result<(), Closed> {
        match news {
            News::Delivery(Delivery::Events(chunk)) => {
                let named = if self.settings.legacy_messages { named(stream) } else { None };
                let legacy = named.and_then(|named| legacy_messages(&self.settings, named, self.context.locale));
                for record in &chunk.records {
                    let text = match legacy {
                        None => Utf8Bytes::try_from(record.socket(stream)).expect("the log holds UTF-8"),
                        Some(locale) => socket_event_frame(stream, &record.cursor, &with_messages(&record.body, locale)).into(),
                    };
                    self.socket.feed(Message::Text(text)).await?;
                }
                Ok(self.socket.flush().await?)
            }
            News::Delivery(Delivery::Live) => self.send(&ServerFrame::Live { stream }).await,
            News::Delivery(Delivery::Ended) => self.send(&ServerFrame::End { stream }).await,
            News::Opened(caller, opened) => Box::pin(self.opened(stream, &caller, opened)).await,
            News::Expired(expiry) => Box::pin(self.tell_error(Some(stream), expiry.problem())).await,
        }
    }

    async fn count_refusal(&mut self, stream: &str, problem: Problem) -> Result<(), Closed> {
        self.refuse(Some(stream), problem).await?;
        self.refusals += 1;
        if self.refusals < REFUSALS_MAX { Ok(()) } else { Err(Closed::Here(CloseCode::Policy, "too many refusals")) }
    }

    async fn refuse(&mut self, stream: Option<&str>, problem: Problem) -> Result<(), Closed> {
        self.tell_error(stream, problem).await?;
        self.errors += 1;
        if self.errors < ERRORS_MAX { Ok(()) } else { Err(Closed::Here(CloseCode::Policy, "too many errors")) }
    }

    async fn tell_error(&mut self, stream: Option<&str>, problem: Problem) -> Result<(), Closed> {
        let body = Box::new(error_body(&problem, &self.context, &self.services));
        log_told(&body);
        self.send(&ServerFrame::Error { stream, body }).await
    }

    async fn send(&mut self, frame: &ServerFrame<'_>) -> Result<(), Closed> {
        Ok(self.socket.send(Message::text(frame.text())).await?)
    }
}
