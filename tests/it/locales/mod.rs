//! Locales: what a request gets, the catalogues, and what streams say in them.

mod catalogues;
mod edges;
mod legacy;
mod negotiation;
mod reconnects;
mod sunset;
mod switches;

use super::support::client::Events;
use super::support::{Frame, Kind, TestServer};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// Legacy messages, before their sunset.
const LEGACY: &[(&str, &str)] = &[("WORKER_INCLUDE_ERROR_MESSAGE", "true"), ("LEGACY_MESSAGES_SUNSET", "9999-12-30")];

async fn legacy(kind: Kind) -> TestServer {
    TestServer::start_with(kind, LEGACY).await
}

/// A build's stream, with this query behind its token.
fn stream(server: &TestServer, build: &Value, query: &str) -> RequestBuilder {
    let (id, token) = (build["buildId"].as_str().unwrap(), build["streamToken"].as_str().unwrap());
    server.client.bare(Method::GET, &format!("/v1/builds/{id}/events?token={token}{query}"))
}

/// All frames of a stream, to its end.
async fn frames(request: RequestBuilder) -> Vec<Frame> {
    Events::of(request.send().await.unwrap()).rest().await
}

/// The events among frames.
fn events(frames: &[Frame]) -> Vec<Value> {
    frames.iter().filter(|frame| frame.id.is_some()).map(Frame::json).collect()
}

/// The locale that a stream's first frame tells.
fn locale_of(frames: &[Frame]) -> String {
    frames[0].json()["locale"].as_str().unwrap().to_owned()
}

/// What a message reads in a locale.
fn text(locale: &str, id: &str, params: &Value) -> String {
    buildcast::domain::catalogue::message(locale, id, params)
}

/// Whether an event's legacy messages are those of this locale.
fn speaks(event: &Value, locale: &str) -> bool {
    event["message"] == text(locale, event["code"].as_str().unwrap(), &event["params"]).as_str()
}
