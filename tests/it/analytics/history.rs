//! A history of builds at random, written past all code of ours.

use crate::support::TestServer;
use buildcast::domain::days::{DAY_MS, Day};
use proptest::prelude::*;

/// The day on which tests ask, 2026-03-01.
pub const TODAY: Day = 20_513;
const FRAMEWORKS: [Option<&str>; 4] = [None, Some("vite"), Some("static"), Some("next")];
const PHASES: [&str; 3] = ["setup", "dependencies", "build"];
const ERRORS: [(&str, Option<&str>); 4] =
    [("BUILD_FAILED", Some("command_failed")), ("BUILD_FAILED", Some("no_output")), ("BUILD_TIMEOUT", None), ("PROVIDER_UNAVAILABLE", None)];

/// A build, or a rollback.
#[derive(Debug, Clone)]
pub struct Made {
    pub id: String,
    pub project: String,
    pub user: String,
    pub is_rollback: bool,
    pub state: &'static str,
    pub framework: Option<&'static str>,
    pub phase: &'static str,
    pub code: &'static str,
    pub reason: Option<&'static str>,
    pub at_ms: i64,
    pub took_ms: i64,
    pub ai_seconds: f64,
}

impl Made {
    pub fn day(&self) -> Day {
        self.at_ms.div_euclid(DAY_MS)
    }

    /// What it was charged: its metered seconds, the begun one counted, when it was deployed.
    pub fn credits(&self) -> i64 {
        if self.state == "deployed" && !self.is_rollback { self.ai_seconds.ceil() as i64 } else { 0 }
    }

    /// When its reservation ended.
    fn paid_at_ms(&self) -> i64 {
        self.at_ms + 60_000 + self.took_ms
    }

    /// The day that it was charged on.
    pub fn day_paid(&self) -> Day {
        self.paid_at_ms().div_euclid(DAY_MS)
    }

    /// What it was charged for. Some are callers' own work, which belongs to no project.
    pub fn operation(&self) -> &'static str {
        match self.took_ms % 3 {
            0 => "external",
            1 => "build",
            _ => "update",
        }
    }
}

/// Many of one day, and some on its first and last millisecond.
fn time() -> impl Strategy<Value = i64> {
    let within = prop_oneof![Just(0), Just(DAY_MS - 1), 0..DAY_MS, Just(40_000_000)];
    (prop_oneof![TODAY - 8..=TODAY, TODAY - 31..=TODAY], within).prop_map(|(day, within)| day * DAY_MS + within)
}

fn seconds() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), (0..60_i32).prop_map(f64::from), 0.0..3.0, Just(0.5), Just(1.5), Just(2.5), Just(99.0), Just(99.001), 0.0..700.0]
}

fn made() -> impl Strategy<Value = Made> {
    let what = (0..6_usize, prop::bool::weighted(0.1), 0..5_usize, 0..4_usize, 0..3_usize, 0..4_usize);
    let took = prop_oneof![0..9_i64, 0..100_000_i64];
    (what, time(), took, seconds()).prop_map(|((project, is_rollback, state, framework, phase, error), at_ms, took_ms, ai_seconds)| Made {
        id: String::new(),
        project: format!("p{project}"),
        user: format!("u{}", project % 4),
        is_rollback,
        state: ["deployed", "deployed", "failed", "cancelled", "queued"][state],
        framework: FRAMEWORKS[framework],
        phase: PHASES[phase],
        code: ERRORS[error].0,
        reason: ERRORS[error].1,
        at_ms,
        took_ms,
        ai_seconds,
    })
}

/// Up to 120 builds of six projects of four users; a project has at most one that has not ended.
pub fn history() -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec(made(), 0..120).prop_map(|mut builds| {
        let mut busy = std::collections::BTreeSet::new();
        for (place, build) in builds.iter_mut().enumerate() {
            build.id = format!("b{place:04}");
            if build.state == "queued" && !busy.insert(build.project.clone()) {
                build.state = "deployed";
            } else if build.state == "queued" && place % 2 == 0 {
                build.state = "building";
            }
        }
        builds
    })
}

fn text(value: Option<&str>) -> String {
    value.map_or("NULL".into(), |value| format!("'{value}'"))
}

/// Makes this history the only one.
pub async fn write(server: &TestServer, builds: &[Made]) {
    for table in ["reservations", "ledger_entries", "accounts", "builds", "projects"] {
        server.execute(&format!("DELETE FROM {table}")).await;
    }
    let projects: Vec<String> = (0..6).map(|n| format!("('p{n}', 'u{}', 'n', 's', 'server', 'test', 1, 1)", n % 4)).collect();
    let columns = "id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms";
    server.execute(&format!("INSERT INTO projects ({columns}) VALUES {}", projects.join(", "))).await;
    let rows: Vec<String> = builds.iter().map(row).collect();
    let columns = "id, project_id, user_id, kind, previous_state, current_state, framework, phase, error, created_at_ms, started_at_ms, finished_at_ms,
        ai_seconds, source_key, id_source, created_by_service";
    if !rows.is_empty() {
        server.execute(&format!("INSERT INTO builds ({columns}) VALUES {}", rows.join(", "))).await;
    }
    let accounts = "INSERT INTO accounts (user_id, created_at_ms) VALUES ('u0', 1), ('u1', 1), ('u2', 1), ('u3', 1)";
    server.execute(accounts).await;
    let columns = "id, user_id, build_id, of_build, operation, state, daily_gift, welcome_bonus, paid, gift_day, overage, expires_at_ms, request_id,
        daily_credits, actual, charged, returned, balance_after, created_at_ms, ended_at_ms";
    let rows: Vec<String> = builds.iter().filter(|build| !build.is_rollback && !matches!(build.state, "queued" | "building")).map(reservation).collect();
    if !rows.is_empty() {
        server.execute(&format!("INSERT INTO reservations ({columns}) VALUES {}", rows.join(", "))).await;
    }
}

/// What a build, or a caller's own work with the same facts, has paid.
fn reservation(build: &Made) -> String {
    let Made { id, user, state, at_ms, .. } = build;
    let (operation, charged, ended) = (build.operation(), build.credits(), build.paid_at_ms());
    let of_build = operation != "external";
    let expires = if of_build { "NULL".to_owned() } else { (ended + 1).to_string() };
    let state = if *state == "deployed" { "committed" } else { "released" };
    format!(
        "('r-{id}', '{user}', '{id}', {of_build}, '{operation}', '{state}', 0, 0, {charged}, 1, true, {expires}, 'q', 900, {charged}, {charged}, 0, 0, {at_ms}, {ended})"
    )
}

fn row(build: &Made) -> String {
    let Made { id, project, user, state, phase, at_ms, ai_seconds, .. } = build;
    let previous = match *state {
        "queued" => None,
        "building" => Some("queued"),
        _ => Some("building"),
    };
    let error = match build.reason {
        Some(reason) => format!(r#"{{"code":"{}","params":{{"reason":"{reason}","exitCode":1}}}}"#, build.code),
        None => format!(r#"{{"code":"{}","params":{{"duration":1.5}}}}"#, build.code),
    };
    let (previous, framework, error) = (text(previous), text(build.framework), text((*state == "failed").then_some(error.as_str())));
    let kind = if build.is_rollback { "rollback" } else { "build" };
    // a worker took it a minute after it was asked for
    let (started, finished) = (at_ms + 60_000, at_ms + 60_000 + build.took_ms);
    format!(
        "('{id}', '{project}', '{user}', '{kind}', {previous}, '{state}', {framework}, '{phase}', {error}, {at_ms}, {started}, {finished}, {ai_seconds:?},
            's', 'server', 'test')"
    )
}
