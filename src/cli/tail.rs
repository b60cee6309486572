//! `buildcast tail URL`: a stream in a terminal. Exit code by the build's result, so that a script can wait for it.

use super::follow::{Follower, Told};
use super::serve::runtime;
use super::{Failure, printable, show};
use crate::domain::catalogue::{LOCALES, message};
use crate::domain::locale::DEFAULT;
use clap::ArgMatches;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::io::IsTerminal;
use std::time::Duration;

/// Exit codes of a build that did not end well.
const FAILED: u8 = 3;
const TIMED_OUT: u8 = 4;
const CANCELLED: u8 = 5;
/// Steps of the bar.
const STEPS: f64 = 1000.0;
const TICK: Duration = Duration::from_millis(200);

/// How a stream is shown.
enum Screen {
    /// The events' JSON, one a line.
    Json,
    /// A line each; with a bar below them in a terminal.
    Lines(&'static str, Option<ProgressBar>),
}

pub(super) fn tail(matches: &ArgMatches) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let wanted = text("locale").unwrap_or_else(|| DEFAULT.into());
    let locale = LOCALES.iter().find(|locale| **locale == wanted).ok_or_else(|| Failure::Usage(format!("--locale is one of {}", LOCALES.join(", "))))?;
    let screen = if matches.get_flag("json") { Screen::Json } else { Screen::Lines(locale, bar()) };
    let follower = Follower::new(&text("URL").unwrap_or_default(), text("token"))?;
    match runtime()?.block_on(follow(follower, &screen))? {
        0 => Ok(()),
        code => Err(Failure::Told(code)),
    }
}

/// The exit code of the build's end.
async fn follow(mut follower: Follower, screen: &Screen) -> Result<u8, Failure> {
    let (mut code, mut last_seq) = (None, 0);
    loop {
        match follower.next().await? {
            Told::Event(body) => {
                let event: Value = serde_json::from_str(&body).unwrap_or_default();
                let seq = event["seq"].as_i64().unwrap_or(0);
                // what is said twice is shown once
                if seq <= last_seq {
                    continue;
                }
                last_seq = seq;
                screen.event(&event, &body)?;
                if event["finished"] == true {
                    code = Some(exit_code(event["code"].as_str().unwrap_or_default()));
                }
            }
            Told::Control(_) => {}
            Told::Lost(why) => screen.note(&why),
            Told::Ended => {
                screen.end();
                // a script must not take the end of a stream for that of a build
                return code.ok_or_else(|| Failure::Other("the stream ended without the build's last event".into()));
            }
        }
    }
}

fn exit_code(code: &str) -> u8 {
    match code {
        "BUILD_COMPLETED" | "ROLLBACK_COMPLETED" => 0,
        "BUILD_TIMEOUT" => TIMED_OUT,
        "BUILD_CANCELLED" => CANCELLED,
        _ => FAILED,
    }
}

fn bar() -> Option<ProgressBar> {
    std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{spinner} {bar:40} {percent:>3} % {elapsed} {msg}").expect("the template is right");
        let bar = ProgressBar::new(STEPS as u64).with_style(style);
        bar.enable_steady_tick(TICK);
        bar
    })
}

impl Screen {
    fn event(&self, event: &Value, body: &str) -> Result<(), Failure> {
        let Self::Lines(locale, bar) = self else { return show(&format!("{body}\n")) };
        let (code, progress) = (event["code"].as_str().unwrap_or_default(), event["overall_progress"].as_f64().unwrap_or(0.0));
        let phase = event["phase"].as_str().unwrap_or_default();
        let line = printable(&format!("{:>3} % {phase:<12} {}", (progress * 100.0).round(), message(locale, code, &event["params"])));
        let Some(bar) = bar else { return show(&format!("{line}\n")) };
        bar.set_position((progress * STEPS) as u64);
        bar.set_message(phase.to_owned());
        let mut shown = Ok(());
        bar.suspend(|| shown = show(&format!("{line}\n")));
        shown
    }

    fn note(&self, why: &str) {
        let line = format!("buildcast: {why}; trying again");
        match self {
            Self::Lines(_, Some(bar)) => bar.suspend(|| eprintln!("{line}")),
            _ => eprintln!("{line}"),
        }
    }

    fn end(&self) {
        if let Self::Lines(_, Some(bar)) = self {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_sees_how_a_build_ended() {
        let codes = ["BUILD_COMPLETED", "ROLLBACK_COMPLETED", "BUILD_FAILED", "ROLLBACK_FAILED", "BUILD_TIMEOUT", "BUILD_CANCELLED"];
        assert_eq!(codes.map(exit_code), [0, 0, 3, 3, 4, 5]);
    }

    #[test]
    fn nothing_of_an_event_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\r\n"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}");
    }
}
