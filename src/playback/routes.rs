//! The paths, as a real server has them.

use super::answer::{Answered, empty, refusal, whole};
use super::connection::{Outcome, faults, open};
use super::shelf::{Place, Tape};
use super::{Playback, sse, ws};
use crate::domain::catalogue::LOCALES;
use crate::domain::locale::{LocaleHints, negotiate};
use crate::domain::problem::Problem;
use hyper::body::Incoming;
use hyper::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

const PAGE: usize = 100;
const PAGE_MAX: usize = 1000;
const SUBPROTOCOL: &str = "buildcast.v1";

/// Answers a request; any page may ask.
pub(super) async fn answer(playback: &Arc<Playback>, mut request: Request<Incoming>) -> Response<Answered> {
    let query: Vec<(String, String)> = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    let locale = locale_of(&request, &query);
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    // what a HEAD is answered loses its body on the way
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match (&method, &parts[..]) {
        (&Method::OPTIONS, _) => empty(StatusCode::NO_CONTENT),
        (&Method::GET, ["healthz"]) => whole(StatusCode::OK, "text/plain", "ok\n"),
        (&Method::GET, ["v1", "ws"]) => socket(playback, &mut request, locale, query),
        (&Method::GET, ["v1" | "api", "builds", id, "events"]) => stream(playback, &request, &format!("build:{id}"), &query, locale).await,
        (&Method::GET, ["v1", "projects", id, "events"]) => stream(playback, &request, &format!("project:{id}"), &query, locale).await,
        (&Method::GET, ["v1", "builds", id]) => match playback.shelf.build(id) {
            Some(build) => whole(StatusCode::OK, "application/json", build.view.to_string()),
            None => refusal(&Problem::not_found("build"), locale, (playback.now_ms)()),
        },
        (&Method::GET, ["v1", "builds", id, "recording"]) => match playback.shelf.build(id) {
            Some(build) => whole(StatusCode::OK, "application/x-ndjson", build.text.to_string()),
            None => refusal(&Problem::not_found("build"), locale, (playback.now_ms)()),
        },
        _ => refusal(&Problem::not_found("path"), locale, (playback.now_ms)()),
    };
    let headers = response.headers_mut();
    // a page that shows its cookies is not content with `*`; there is nothing here that they could open
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    } else {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, OPTIONS"));
    headers
        .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*, authorization, last-event-id, x-sheen-locale, cache-control, content-type"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(locale));
    response
}

fn value<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn told<'r>(request: &'r Request<Incoming>, name: &str) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

fn locale_of(request: &Request<Incoming>, query: &[(String, String)]) -> &'static str {
    let hints = LocaleHints {
        header: told(request, "x-sheen-locale"),
        query: value(query, "locale"),
        cookie: told(request, "cookie").and_then(|all| all.split(';').find_map(|one| one.trim().strip_prefix("locale="))),
        accept_language: told(request, "accept-language"),
    };
    negotiate(hints, LOCALES)
}

/// A stream, or a page of its past.
async fn stream(playback: &Arc<Playback>, request: &Request<Incoming>, name: &str, query: &[(String, String)], locale: &'static str) -> Response<Answered> {
    let accept = told(request, "accept").unwrap_or_default();
    if accept.contains("application/json") && !accept.contains("text/event-stream") {
        return page(playback, name, query, locale);
    }
    let slow_start_ms = faults(playback, query).map_or(0, |(faults, _)| faults.slow_start_ms);
    tokio::time::sleep(Duration::from_millis(slow_start_ms)).await;
    let header = told(request, "last-event-id").filter(|id| !id.is_empty());
    let cursor = header.or_else(|| value(query, "lastEventId")).unwrap_or_default();
    match open(playback, name, cursor, "lastEventId", query) {
        Outcome::Open(opening) => sse::answer(playback, opening, locale),
        Outcome::Ended => empty(StatusCode::NO_CONTENT),
        Outcome::Refused(problem) => refusal(&problem, locale, (playback.now_ms)()),
        Outcome::Status(status) => empty(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    events: Vec<Told>,
    next_cursor: Option<String>,
    finished: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<crate::domain::frame::ResetReason>,
}

#[derive(Serialize)]
struct Told {
    cursor: String,
    event: Box<RawValue>,
}

fn page(playback: &Playback, name: &str, query: &[(String, String)], locale: &str) -> Response<Answered> {
    let resource = name.split(':').next().unwrap_or_default();
    let Some(tape) = playback.shelf.tape(name) else { return refusal(&Problem::not_found(resource), locale, (playback.now_ms)()) };
    let limit = value(query, "limit").map_or(Some(PAGE), |limit| limit.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit)));
    let Some(limit) = limit else { return refusal(&Problem::invalid("limit", "out_of_range"), locale, (playback.now_ms)()) };
    let after = value(query, "after").unwrap_or_default();
    match read(&tape, after, limit) {
        Ok(page) => whole(StatusCode::OK, "application/json", serde_json::to_string(&page).unwrap_or_default()),
        Err(problem) => refusal(&problem, locale, (playback.now_ms)()),
    }
}

fn read(tape: &Tape, after: &str, limit: usize) -> Result<Page, Problem> {
    let (from, reset) = match tape.place(after, "after")? {
        Place::At(from, reset) => (from, reset),
        Place::Ended => (tape.events.len(), None),
    };
    let to = (from + limit).min(tape.events.len());
    let told = |(cursor, body): &(crate::domain::cursor::Cursor, Arc<str>)| {
        Some(Told { cursor: cursor.to_string(), event: RawValue::from_string(body.to_string()).ok()? })
    };
    let events: Vec<Told> = tape.events[from..to].iter().filter_map(told).collect();
    let next_cursor = events.last().map(|last| last.cursor.clone()).or_else(|| Some(after.to_owned()).filter(|cursor| !cursor.is_empty()));
    Ok(Page { events, next_cursor, finished: tape.ends && to == tape.events.len(), reset })
}

fn socket(playback: &Arc<Playback>, request: &mut Request<Incoming>, locale: &'static str, query: Vec<(String, String)>) -> Response<Answered> {
    let Some(key) = told(request, "sec-websocket-key").map(str::to_owned) else {
        return refusal(&Problem::invalid("upgrade", "not_a_websocket"), locale, (playback.now_ms)());
    };
    let offered = told(request, "sec-websocket-protocol").is_some_and(|list| list.split(',').any(|one| one.trim() == SUBPROTOCOL));
    tokio::spawn(ws::converse(playback.clone(), hyper::upgrade::on(request), locale, query));
    let mut response = empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if offered {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    response
}
