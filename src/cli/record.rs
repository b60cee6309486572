//! `buildcast record URL FILE`: a build's stream as a recording, whatever happens to the connection. The file has the bytes of
//! the server's own recording.

use super::follow::{Follower, Told};
use super::serve::runtime;
use super::{Failure, show};
use crate::domain::event::StoredEvent;
use crate::domain::legacy::without_messages;
use crate::domain::recording::{event_of, write};
use clap::ArgMatches;
use std::path::Path;

pub(super) fn record(matches: &ArgMatches) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let (file, mut follower) = (text("FILE").unwrap_or_default(), Follower::new(&text("URL").unwrap_or_default(), text("token"))?);
    if file != "-" && Path::new(&file).exists() && !matches.get_flag("force") {
        return Err(Failure::Usage(format!("{file} is there already; --force writes over it")));
    }
    let events = runtime()?.block_on(follow(&mut follower))?;
    let recording = write(&events).ok_or_else(|| Failure::Other("the stream had no event".into()))?;
    if file == "-" {
        return show(&recording);
    }
    save(Path::new(&file), &recording).map_err(|error| Failure::Other(format!("{file}: {error}")))?;
    eprintln!("{} events in {file}", events.len());
    Ok(())
}

async fn follow(follower: &mut Follower) -> Result<Vec<StoredEvent>, Failure> {
    let mut events: Vec<StoredEvent> = vec![];
    loop {
        match follower.next().await? {
            Told::Ended => return Ok(events),
            Told::Lost(why) => eprintln!("buildcast: {why}; trying again"),
            Told::Control(frame) if frame["type"] == "reset" => events.clear(),
            Told::Control(_) => {}
            Told::Event(body) => {
                let own = without_messages(&body).ok_or_else(|| Failure::Other("an event with texts that are not the log's".into()))?;
                let event = event_of(&own).ok_or_else(|| Failure::Other("a frame that is no event".into()))?;
                if events.is_empty() && event.seq != 1 {
                    return Err(Failure::Usage("URL: a stream that begins with the build's first event".into()));
                }
                // a server that says something twice is told once
                if events.last().is_none_or(|last| last.seq < event.seq) {
                    events.push(event);
                }
            }
        }
    }
}

/// Whole or not at all.
fn save(file: &Path, text: &str) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = file.with_file_name(name);
    std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, file)).inspect_err(|_| {
        let _ = std::fs::remove_file(&part);
    })
}
