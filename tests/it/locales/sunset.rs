//! The sunset of legacy messages: past it a server that has them on does not start, and says why.

use super::super::support::clock::TestClock;
use super::super::support::process::{ServerProcess, command};
use super::super::support::project::site;
use super::super::support::server::config;
use buildcast::app::{self, StartError};
use std::sync::Arc;

const ON: (&str, &str) = ("WORKER_INCLUDE_ERROR_MESSAGE", "true");
/// 2025-03-02, midnight in UTC, epoch milliseconds.
const DAY_AFTER: i64 = 1_740_873_600_000;

/// Settings, and what standard error has to say of them.
type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn past_its_day_the_process_ends_with_78_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [Case; 5] = [
        (&[ON], &["WORKER_INCLUDE_ERROR_MESSAGE", "LEGACY_MESSAGES_SUNSET", "2025-03-01"]),
        (&[ON, ("LEGACY_MESSAGES_SUNSET", "2020-01-01")], &["WORKER_INCLUDE_ERROR_MESSAGE", "2020-01-01"]),
        (&[ON, ("LEGACY_MESSAGES_SUNSET", "2025-02-30")], &["LEGACY_MESSAGES_SUNSET", "2025-02-30"]),
        (&[("LEGACY_MESSAGES_SUNSET", "soon")], &["LEGACY_MESSAGES_SUNSET", "soon"]),
        (&[("WORKER_INCLUDE_ERROR_MESSAGE", "1")], &["WORKER_INCLUDE_ERROR_MESSAGE", "true or false"]),
    ];
    for (extra, names) in cases {
        let output = command(folder.path()).arg("serve").envs(extra.iter().copied()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(78), true), "{extra:?}: {told}");
        assert!(names.iter().all(|name| told.contains(name)) && told.trim_end().lines().count() == 1, "{extra:?}: {told}");
    }
}

#[tokio::test]
async fn before_its_day_or_without_them_the_process_serves() {
    for (extra, there) in [(vec![ON, ("LEGACY_MESSAGES_SUNSET", "9999-12-30")], true), (vec![("LEGACY_MESSAGES_SUNSET", "2020-01-01")], false)] {
        let folder = tempfile::tempdir().unwrap();
        let server = ServerProcess::start(folder.path(), &extra);
        let build = server.client.start(&site("u")).await;
        let events = server.client.events(&build).await;
        assert!(events.iter().all(|event| event.get("message").is_some() == there), "{events:?}");
    }
}

#[tokio::test]
async fn its_day_is_the_last_on_which_a_server_starts_by_the_clock_in_utc() {
    for (now, starts) in [(DAY_AFTER - 1, true), (DAY_AFTER, false)] {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), "sqlite://{data}/buildcast.db", &[ON, ("BUILDCAST_NODE_ROLE", "api")]);
        let clock = TestClock::default();
        clock.stop_at(now);
        match app::start(&config, Arc::new(clock)).await {
            Ok(running) => {
                assert!(starts);
                running.stop().await;
            }
            Err(StartError::Refused(why)) => assert!(!starts && why.contains("2025-03-01"), "{why}"),
            Err(other) => panic!("{other}"),
        }
        assert_eq!(folder.path().join("buildcast.db").exists(), starts, "nothing is opened by a server that is refused");
    }
}
