//! The command line: reads arguments and settings, calls the rest.
//!
//! Exit codes: 0, 1 failure, 2 usage, 78 configuration; 3 and more are what a command found out.

mod arguments;
mod collector;
pub mod config;
mod credit;
mod diff;
mod follow;
mod log;
mod messages;
mod record;
pub mod reference;
mod replay;
mod serve;
mod sign;
mod sweep;
mod tail;
mod traces;

use crate::config::{ConfigError, Loaded, load};
use clap::ArgMatches;
use std::io::Write;
use std::process::ExitCode;

/// A command's failure.
#[derive(Debug)]
enum Failure {
    /// Exit code 78: a setting.
    Configuration(String),
    /// Exit code 2: the arguments.
    Usage(String),
    /// Exit code 1: whatever else.
    Other(String),
    /// No failure of the command: what it found out, which is printed already.
    Told(u8),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Configuration(error.to_string())
    }
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let matches = match arguments::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // help and version go to standard output and are no failure
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let done = match matches.subcommand() {
        Some(("serve", m)) => serve::serve(m),
        Some(("migrate", m)) => serve::migrate(m),
        Some(("config", m)) => config::run(m),
        Some(("supervise", _)) => serve::supervise(),
        Some(("openapi", m)) => serve::openapi(m),
        Some(("messages", _)) => messages::run(),
        Some(("reference", m)) => reference::run(m),
        Some(("sweep", m)) => sweep::sweep(m),
        Some(("credit", m)) => credit::run(m),
        Some(("record", m)) => record::record(m),
        Some(("replay", m)) => replay::replay(m),
        Some(("tail", m)) => tail::tail(m),
        Some(("diff", m)) => diff::diff(m),
        Some(("sign", m)) => sign::sign(m),
        Some(("page-token", m)) => sign::page_token(m),
        Some(("token", m)) => sign::token(m),
        _ => Err(Failure::Usage("no such command".into())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let (code, text) = match failure {
                Failure::Configuration(text) => (78, text),
                Failure::Usage(text) => (2, text),
                Failure::Other(text) => (1, text),
                Failure::Told(code) => return ExitCode::from(code),
            };
            eprintln!("buildcast: {text}");
            ExitCode::from(code)
        }
    }
}

/// Prints on standard output; a reader that has gone away is no failure.
fn show(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Other(error.to_string())),
        _ => Ok(()),
    }
}

/// The settings that a command's arguments and environment lead to.
fn settings(matches: &ArgMatches) -> Result<Loaded, Failure> {
    let file = matches.get_one::<String>("config").map(std::path::Path::new);
    Ok(load(file, std::env::vars(), arguments::flags(matches))?)
}
/// What somebody else wrote, such as a package's name, moves no terminal's cursor and turns no line around.
fn printable(text: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect()
}
