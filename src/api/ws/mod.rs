//! `/v1/ws`: many streams over one socket. The upgrade is open to anyone; each subscription is judged by its own token,
//! else the upgrade's.

mod client_frame;
mod connection;
mod frames;
mod streams;

pub(super) use client_frame::ClientFrame;
pub(super) use frames::ServerFrame;

use super::auth::Listener;
use super::client_address::address_of;
use super::context::Context;
use super::error::ApiError;
use super::stream_settings::StreamSettings;
use crate::domain::problem::Problem;
use crate::service::Services;
use crate::service::access::StreamCaller;
use base64::Engine;
use connection::Connection;
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{Request, Response, handler};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// The subprotocol, selected when it is offered.
const SUBPROTOCOL: &str = "buildcast.v1";
/// Bytes of a client's frame at most: a larger one closes the socket.
const FRAME_MAX_BYTES: usize = 64 << 10;
/// Bytes of a key: RFC 6455, 4.2.1.
const KEY_BYTES: usize = 16;

/// Opens the socket.
#[handler]
pub(super) fn upgrade(request: &Request, Data(parts): Data<&(Services, StreamSettings)>) -> poem::Result<Response> {
    let (services, settings) = parts.clone();
    let refused = |problem: Problem| poem::Error::from(ApiError::Problem(problem));
    if settings.stop.drain.is_cancelled() {
        return Err(refused(Problem::unavailable(2)));
    }
    let key = key(request).map_err(refused)?;
    let upgraded = request.take_upgrade().map_err(|_| refused(Problem::invalid("upgrade", "not_a_websocket")))?;
    let Some(context) = Context::from_request(request).cloned() else { return Err(poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR)) };
    let (caller, address) = (Listener::caller(request), address_of(request));
    // a socket without a stream has a place too, or there would be no limit on those
    let place = settings.limits.enter(&StreamCaller::Nobody, address).map_err(refused)?;
    let open = settings.stop.open.token();
    tokio::spawn(async move {
        let _held = (place, open);
        // a client that is gone before the answer needs none
        let Ok(upgraded) = upgraded.await else { return };
        let socket = WebSocketStream::from_raw_socket(upgraded, Role::Server, Some(config())).await;
        Connection::new(socket, services, settings, context, caller, address).converse().await;
    });
    let mut response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes()));
    if names(request, header::SEC_WEBSOCKET_PROTOCOL.as_str(), SUBPROTOCOL) {
        response = response.header(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    }
    Ok(response.finish())
}

/// The key of an opening handshake that is one.
fn key(request: &Request) -> Result<&str, Problem> {
    if !names(request, "upgrade", "websocket") || !names(request, "connection", "upgrade") {
        return Err(Problem::invalid("upgrade", "not_a_websocket"));
    }
    if request.header("sec-websocket-version") != Some("13") {
        return Err(Problem::invalid("sec-websocket-version", "unsupported"));
    }
    let key = request.header("sec-websocket-key").unwrap_or_default();
    let decoded = base64::engine::general_purpose::STANDARD.decode(key);
    decoded.is_ok_and(|bytes| bytes.len() == KEY_BYTES).then_some(key).ok_or_else(|| Problem::invalid("sec-websocket-key", "invalid_value"))
}

/// Whether a header's list has this word.
fn names(request: &Request, name: &str, word: &str) -> bool {
    let lists = request.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
}

/// Small buffers: an idle socket costs a few kilobytes, not a hundred.
fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_write_buffer_size(1 << 20)
        .max_message_size(Some(FRAME_MAX_BYTES))
        .max_frame_size(Some(FRAME_MAX_BYTES))
}
