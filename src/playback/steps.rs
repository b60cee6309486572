//! Plays a script, whatever the transport is.

use super::answer::{error_body, expired};
use super::connection::Opening;
use crate::domain::fault::Step;
use crate::domain::frame::ResetReason;
use crate::domain::problem::ErrorBody;
use std::time::Duration;
use tokio::time::sleep;

/// After so long without a word a connection says a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The reader has gone away.
pub(super) struct Gone;

/// How a transport says things.
pub(super) trait Voice {
    fn live(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
    fn reset(&mut self, reason: ResetReason) -> impl Future<Output = Result<(), Gone>> + Send;
    fn event(&mut self, cursor: &str, body: &str) -> impl Future<Output = Result<(), Gone>> + Send;
    /// Half of an event, and nothing more.
    fn half(&mut self, cursor: &str, body: &str) -> impl Future<Output = Result<(), Gone>> + Send;
    fn error(&mut self, body: ErrorBody) -> impl Future<Output = Result<(), Gone>> + Send;
    fn heartbeat(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
    /// The stream has said its last event.
    fn over(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
    /// Nothing more is said, and nothing answered; ready when the reader has gone.
    fn stall(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
    /// The connection ends between two frames.
    fn end(&mut self) -> impl Future<Output = Result<(), Gone>> + Send;
}

/// Plays a stream to its end, or to that of its connection. All at once is history, anything slower is live.
pub(super) async fn play(opening: &Opening, voice: &mut impl Voice, locale: &str, at_once: bool, now_ms: fn() -> i64) -> Result<(), Gone> {
    if let Some(reason) = opening.reset {
        voice.reset(reason).await?;
    }
    if !at_once {
        voice.live().await?;
    }
    let told = |index: usize| {
        let (cursor, body) = &opening.tape.events[index];
        (cursor.to_string(), body.clone())
    };
    for step in &opening.script.steps {
        match step {
            Step::Wait(ms) => wait(voice, Duration::from_millis(*ms)).await?,
            Step::Event(index) => {
                let (cursor, body) = told(*index);
                voice.event(&cursor, &body).await?;
            }
            Step::Half(index) => {
                let (cursor, body) = told(*index);
                return voice.half(&cursor, &body).await;
            }
            Step::End => return voice.end().await,
            Step::Stall => return voice.stall().await,
            Step::Expired => return voice.error(error_body(&expired(now_ms()), locale, now_ms())).await,
            Step::Reset => voice.reset(ResetReason::Diverged).await?,
            Step::Over => {
                if at_once {
                    voice.live().await?;
                }
                if opening.tape.ends {
                    return voice.over().await;
                }
                loop {
                    wait(voice, HEARTBEAT).await?;
                    voice.heartbeat().await?;
                }
            }
        }
    }
    Ok(())
}

async fn wait(voice: &mut impl Voice, mut left: Duration) -> Result<(), Gone> {
    while left > HEARTBEAT {
        sleep(HEARTBEAT).await;
        voice.heartbeat().await?;
        left -= HEARTBEAT;
    }
    sleep(left).await;
    Ok(())
}
