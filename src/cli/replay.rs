//! `buildcast replay FILE…`: serves recordings, with faults on purpose. No database, no token.

use super::diff::open_text;
use super::serve::runtime;
use super::{Failure, show};
use crate::domain::fault::{Faults, NAMES};
use crate::domain::replay::is_speed;
use crate::playback::{Playback, Shelf};
use crate::service::Clock;
use crate::service::clock::SystemClock;
use clap::ArgMatches;
use std::path::Path;
use tokio::net::TcpListener;

pub(super) fn replay(matches: &ArgMatches) -> Result<(), Failure> {
    let mut shelf = Shelf::default();
    for file in matches.get_many::<String>("FILE").into_iter().flatten() {
        let (recording, text) = open_text(file)?;
        if !shelf.add(&recording, text) {
            return Err(Failure::Usage(format!("{file}: the build {} is in another file, too", recording.header.build_id)));
        }
    }
    let speed = matches.get_one::<f64>("speed").copied().unwrap_or(1.0);
    if !is_speed(speed) {
        return Err(Failure::Usage("--speed: 0, or 0.1 to 1000".into()));
    }
    let builds = shelf.builds();
    let playback = Playback::new(shelf, speed, faults(matches)?, || SystemClock.now_ms());
    runtime()?.block_on(async {
        let address =
            format!("{}:{}", matches.get_one::<String>("host").map_or("127.0.0.1", String::as_str), matches.get_one::<u16>("port").copied().unwrap_or(0));
        let failed = |error: std::io::Error| Failure::Configuration(format!("--port: {address}: {error}"));
        let listener = TcpListener::bind(&address).await.map_err(failed)?;
        let api = format!("http://{}", listener.local_addr().map_err(failed)?);
        // in this order, for whoever reads the beginning of the line
        show(&format!("{{\"event\":\"listening\",\"api\":{},\"builds\":{}}}\n", serde_json::json!(api), serde_json::json!(builds)))?;
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(failed)?;
        tokio::select! {
            () = playback.serve(listener) => {}
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        Ok(())
    })
}

/// Those of the file, and those of the flags over them.
fn faults(matches: &ArgMatches) -> Result<Faults, Failure> {
    let mut faults = Faults::default();
    if let Some(file) = matches.get_one::<String>("faults") {
        for (name, value) in read(Path::new(file))? {
            faults.set(&name, &value).map_err(|odd| Failure::Usage(format!("{file}: {odd}")))?;
        }
    }
    for (name, _, _) in NAMES {
        if let Some(value) = matches.get_one::<String>(name) {
            faults.set(name, value).map_err(|odd| Failure::Usage(format!("--{odd}")))?;
        }
    }
    Ok(faults)
}

/// The names and values of a TOML file.
fn read(file: &Path) -> Result<Vec<(String, String)>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Usage(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| failed(&error))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| failed(&error.message()))?;
    let word = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let word = |value: toml::Value| match value.as_array() {
        Some(list) => list.iter().map(word).collect::<Vec<_>>().join(","),
        None => word(&value),
    };
    Ok(table.into_iter().map(|(name, value)| (name, word(value))).collect())
}
