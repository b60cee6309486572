//! `buildcast record URL FILE`: a build's stream as a recording, whatever happens to the connection. The file has the bytes of
//! the server's own recording.

use super::follow::{Follower, Told};
use super::serve::runtime;
use super::{Failure, show};
use crate::domain::event::StoredEvent;
use crate::domain::legacy::without_messages;
use crate::domain::recording::{event_of, write};
use clap::ArgMatches;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

pub(super) fn record(matches: &ArgMatches) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let (file, mut follower) = (text("FILE").unwrap_or_default(), Follower::new(&text("URL").unwrap_or_default(), text("token"))?);
    if file != "-" && Path::new(&file).exists() && !matches.get_flag("force") {
        return Err(Failure::Usage(format!("{file} is there already; --force writes over it")));
    }
    if file != "-" && !folder_of(Path::new(&file)).is_dir() {
        return Err(Failure::Usage(format!("{file}: there is no such folder")));
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
    // by place: what is said twice is told once, and what comes late is put where it belongs
    let mut events: BTreeMap<i64, StoredEvent> = BTreeMap::new();
    loop {
        match follower.next().await? {
            Told::Ended => return whole(events),
            Told::Lost(why) => eprintln!("buildcast: {why}; trying again"),
            Told::Control(frame) if frame["type"] == "reset" => events.clear(),
            Told::Control(_) => {}
            Told::Event(body) => {
                let own = without_messages(&body).ok_or_else(|| Failure::Other("an event with texts that are not the log's".into()))?;
                let event = event_of(&own).ok_or_else(|| Failure::Other("a frame that is no event".into()))?;
                events.entry(event.seq).or_insert(event);
            }
        }
    }
}

/// The events in order, if they are all that there are.
fn whole(events: BTreeMap<i64, StoredEvent>) -> Result<Vec<StoredEvent>, Failure> {
    if events.first_key_value().is_some_and(|(seq, _)| *seq != 1) {
        return Err(Failure::Usage("URL: a stream that begins with the build's first event".into()));
    }
    if let Some((missing, _)) = (1..).zip(events.keys()).find(|(place, seq)| place != *seq) {
        return Err(Failure::Other(format!("event {missing} never came")));
    }
    if events.last_key_value().is_some_and(|(_, last)| !last.finished) {
        return Err(Failure::Other("the stream ended without the build's last event".into()));
    }
    Ok(events.into_values().collect())
}

/// Whole or not at all. A file that a link names is replaced, and not the link; what is no file is written to.
fn save(file: &Path, text: &str) -> std::io::Result<()> {
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    if std::fs::metadata(&file).is_ok_and(|known| !known.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(&file)?.write_all(text.as_bytes());
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = file.with_file_name(name);
    std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, &file)).inspect_err(|_| {
        let _ = std::fs::remove_file(&part);
    })
}

/// The folder that a file goes into; a mistake in its name is better told before the build has been followed to its end.
fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}
