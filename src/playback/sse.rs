//! A stream as server-sent events.

use super::Playback;
use super::answer::{Answered, BrokenOff};
use super::connection::Opening;
use super::steps::{Gone, Voice, play};
use crate::domain::cursor::Cursor;
use crate::domain::frame::{ControlFrame, HEARTBEAT, RETRY_MS, ResetReason, event_frame};
use crate::domain::problem::ErrorBody;
use bytes::Bytes;
use hyper::http::{HeaderValue, Response, header};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Frames that wait for a slow reader.
const WAITING: usize = 16;

/// Answers with a stream.
pub(super) fn answer(playback: &Arc<Playback>, opening: Opening, locale: &'static str) -> Response<Answered> {
    let (sender, frames) = mpsc::channel(WAITING);
    let (at_once, now_ms) = (playback.speed == 0.0, playback.now_ms);
    tokio::spawn(async move {
        let mut said = Said { sender };
        if said.say(ControlFrame::connection(locale, true, opening.faults.retry_ms.unwrap_or(RETRY_MS.into()))).await.is_ok() {
            // whatever comes out, the body ends with the sender
            let _ = play(&opening, &mut said, locale, at_once, now_ms).await;
        }
    });
    let mut response = Response::new(Answered::Frames(frames));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    response
}

struct Said {
    sender: mpsc::Sender<Result<Bytes, BrokenOff>>,
}

impl Said {
    async fn say(&mut self, text: impl Into<Bytes>) -> Result<(), Gone> {
        self.sender.send(Ok(text.into())).await.map_err(|_| Gone)
    }
}

fn frame(cursor: &str, body: &str) -> String {
    Cursor::parse(cursor).ok().flatten().map(|cursor| event_frame(&cursor, body)).unwrap_or_default()
}

impl Voice for Said {
    async fn live(&mut self) -> Result<(), Gone> {
        self.say(ControlFrame::Live {}.to_sse()).await
    }

    async fn reset(&mut self, reason: ResetReason) -> Result<(), Gone> {
        self.say(ControlFrame::Reset { reason }.to_sse()).await
    }

    async fn event(&mut self, cursor: &str, body: &str) -> Result<(), Gone> {
        self.say(frame(cursor, body)).await
    }

    async fn half(&mut self, cursor: &str, body: &str) -> Result<(), Gone> {
        let frame = Bytes::from(frame(cursor, body));
        self.say(frame.slice(..frame.len() / 2)).await?;
        // what was said leaves before the connection breaks: the channel is empty again when this goes in
        let _ = self.sender.reserve_many(WAITING).await.map(drop);
        self.sender.send(Err(BrokenOff)).await.map_err(|_| Gone)
    }

    async fn error(&mut self, body: ErrorBody) -> Result<(), Gone> {
        self.say(ControlFrame::Error(Box::new(body)).to_sse()).await
    }

    async fn heartbeat(&mut self) -> Result<(), Gone> {
        self.say(HEARTBEAT).await
    }

    async fn over(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    async fn stall(&mut self) -> Result<(), Gone> {
        self.sender.closed().await;
        Err(Gone)
    }

    async fn end(&mut self) -> Result<(), Gone> {
        Ok(())
    }
}
