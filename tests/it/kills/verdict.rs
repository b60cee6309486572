//! What must hold of the rows, whatever died: pure, so that it can be shown to find what is wrong.

use super::load::{Outcome, Promise};
use super::recipes::Recipe;
use super::rows::{Build, Event, Line, Project, Rows, Version};
use super::watching::{Seen, Watching};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// All that is wrong.
pub fn faults(rows: &Rows, outcome: &Outcome) -> Vec<String> {
    let mut faults: Vec<String> = rows.jobs.iter().map(|build| format!("a job is left, of build {build}")).collect();
    let histories = by(&rows.events, |event| &event.build_id);
    let versions = by(&rows.versions, |version| &version.build_id);
    for build in &rows.builds {
        let (history, versions) = (histories.get(build.id.as_str()), versions.get(build.id.as_str()));
        let wrong = build_faults(build, history.map_or(&[], Vec::as_slice), versions.map_or(&[], Vec::as_slice));
        faults.extend(wrong.into_iter().map(|fault| format!("build {}: {fault}", build.id)));
    }
    let logs = by(&rows.lines, |line| &line.build_id);
    for build in &rows.builds {
        let log = logs.get(build.id.as_str()).map_or(&[][..], Vec::as_slice);
        let ends = log.iter().enumerate().all(|(at, line)| line.finished == (at + 1 == log.len()));
        if log.is_empty() || !ends || !log.iter().map(|line| line.seq).eq(1..=log.len() as i64) {
            faults.push(format!("build {}: the log of its output is not whole", build.id));
        }
    }
    let of_projects = by(&rows.events, |event| &event.project_id);
    for project in &rows.projects {
        let wrong = project_faults(project, of_projects.get(project.id.as_str()).cloned().unwrap_or_default(), rows);
        faults.extend(wrong.into_iter().map(|fault| format!("project {}: {fault}", project.id)));
    }
    let ids: BTreeSet<&str> = rows.events.iter().map(|event| event.event_id.as_str()).collect();
    if ids.len() != rows.events.len() {
        faults.push("two events have one id".into());
    }
    faults.extend(promise_faults(rows, outcome, &histories));
    faults
}

fn by<'a, T>(rows: &'a [T], key: impl Fn(&'a T) -> &'a String) -> BTreeMap<&'a str, Vec<&'a T>> {
    let mut found: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    rows.iter().for_each(|row| found.entry(key(row)).or_default().push(row));
    found
}

fn body(event: &Event) -> Value {
    serde_json::from_str(&event.body).unwrap_or(Value::Null)
}

/// The reason that a build failed for.
pub fn reason(event: &Event) -> Option<String> {
    body(event)["params"]["reason"].as_str().map(str::to_owned)
}

fn build_faults(build: &Build, history: &[&Event], versions: &[&Version]) -> Vec<String> {
    let mut faults = vec![];
    let mut hold = |holds: bool, fault: &str| {
        if !holds {
            let codes: Vec<String> = history.iter().map(|event| format!("{}:{}", event.seq, event.code)).collect();
            faults.push(format!("{fault} ({}, last_seq {}, {})", build.current_state, build.last_seq, codes.join(" ")));
        }
    };
    hold(history.iter().map(|event| event.seq).eq(1..=build.last_seq), "its events are not numbered without gap");
    hold(history.iter().all(|event| event.project_id == build.project_id), "its events are another project's");
    hold(history.iter().filter(|event| event.finished).count() == 1, "it has not one last event");
    let Some(last) = history.last() else { return faults };
    hold(last.finished, "something comes after its last event");
    let end = match last.code.as_str() {
        "BUILD_COMPLETED" => "deployed",
        "BUILD_FAILED" | "BUILD_TIMEOUT" => "failed",
        "BUILD_CANCELLED" => "cancelled",
        _ => "none",
    };
    hold(build.current_state == end, "its state is not its last event's");
    let told: Vec<Value> = history.iter().map(|event| body(event)).collect();
    let same = |(told, event): (&Value, &&Event)| {
        told["seq"] == event.seq && told["code"] == event.code.as_str() && told["finished"] == event.finished && told["build_id"] == event.build_id.as_str()
    };
    hold(told.iter().zip(history).all(same), "an event's body says something else than its row");
    hold(told.iter().map(|event| event["overall_progress"].as_f64().unwrap_or(-1.0)).is_sorted(), "its progress goes back");
    let attempts: Vec<(Value, Value)> = told
        .iter()
        .filter(|event| event["code"] == "BUILD_STARTED")
        .map(|event| (event["params"]["attemptNumber"].clone(), event["params"]["isRetry"].clone()))
        .collect();
    let expected: Vec<(Value, Value)> = (1..=attempts.len()).map(|number| (json!(number), json!(number > 1))).collect();
    hold(attempts == expected && attempts.len() <= 3, "its attempts are not counted from 1 to 3 at most");
    let exhausted = reason(last).as_deref() == Some("attempts_exhausted");
    hold(!exhausted || attempts.len() == 3, "it was given up before its third attempt");
    let deployed: Vec<Option<&str>> = versions.iter().filter(|version| version.deploy_status == "deployed").map(|version| Some(version.id.as_str())).collect();
    match end {
        "deployed" => hold(versions.len() == 1 && deployed == [build.version_id.as_deref()], "it has not the one version that it says"),
        _ => hold(versions.is_empty() && build.version_id.is_none(), "it has a version though it was not deployed"),
    }
    faults
}

fn project_faults(project: &Project, mut log: Vec<&Event>, rows: &Rows) -> Vec<String> {
    let mut faults = vec![];
    log.sort_by_key(|event| event.project_seq);
    if !log.iter().map(|event| event.project_seq).eq(1..=project.last_seq) {
        faults.push("its events are not numbered without gap".into());
    }
    let last = log.iter().rev().find(|event| event.code == "BUILD_COMPLETED").map(|event| &event.build_id);
    let version = rows.versions.iter().find(|version| Some(&version.build_id) == last);
    if project.preview_version_id.as_ref() != version.map(|version| &version.id) || version.is_some_and(|version| version.project_id != project.id) {
        faults.push(format!("its preview is {:?}, its last deployed version {:?}", project.preview_version_id, version.map(|version| &version.id)));
    }
    faults
}

fn promise_faults(rows: &Rows, outcome: &Outcome, histories: &BTreeMap<&str, Vec<&Event>>) -> Vec<String> {
    let mut faults = vec![];
    let builds: BTreeMap<&str, &Build> = rows.builds.iter().map(|build| (build.id.as_str(), build)).collect();
    let promised: BTreeSet<&str> = outcome.promises.iter().map(|promise| promise.build_id.as_str()).collect();
    if promised.len() != outcome.promises.len() {
        faults.push("two starts were answered with one build".into());
    }
    let unasked = builds.keys().filter(|id| !promised.contains(**id)).count();
    if unasked > outcome.lost {
        faults.push(format!("{unasked} builds were promised to nobody, and {} answers were lost", outcome.lost));
    }
    for promise in &outcome.promises {
        match (builds.get(promise.build_id.as_str()), histories.get(promise.build_id.as_str())) {
            (Some(build), Some(history)) => faults.extend(kept(promise, build, history)),
            _ => faults.push(format!("build {} was promised, and is not there", promise.build_id)),
        }
    }
    for (project, watching) in &outcome.projects {
        let mut log: Vec<&Event> = rows.events.iter().filter(|event| &event.project_id == project).collect();
        log.sort_by_key(|event| event.project_seq);
        log.truncate(watching.seen.len());
        faults.extend(seen_faults(&watching.seen, &log).map(|fault| format!("project {project}: {fault}")));
    }
    faults
}

fn kept(promise: &Promise, build: &Build, history: &[&Event]) -> Vec<String> {
    let mut faults = vec![];
    let reason = history.last().and_then(|event| reason(event));
    if !promise.recipe.may_end(&build.current_state, reason.as_deref()) {
        faults.push(format!("a {:?} ended {} for {reason:?}", promise.recipe, build.current_state));
    }
    faults.extend(promise.watched.as_ref().and_then(|Watching { seen, .. }| seen_faults(seen, history)));
    faults.into_iter().map(|fault| format!("build {}: {fault}", build.id)).collect()
}

/// What a watcher saw piece by piece has to be the log.
fn seen_faults(seen: &[Seen], log: &[&Event]) -> Option<String> {
    let saw: Vec<&str> = seen.iter().map(|event| event.data.as_str()).collect();
    let is: Vec<&str> = log.iter().map(|event| event.body.as_str()).collect();
    (saw != is).then(|| format!("a watcher saw {} events, the log has {}: {saw:?} {is:?}", saw.len(), is.len()))
}

/// A project with a build that was taken back once and deployed, then one that failed.
fn whole() -> (Rows, Outcome) {
    let mut rows = Rows::default();
    let first = ["BUILD_QUEUED", "BUILD_STARTED", "BUILD_COMPILING", "BUILD_STARTED", "BUILD_COMPLETED"];
    let second = ["BUILD_QUEUED", "BUILD_STARTED", "BUILD_FAILED"];
    for (build, codes, state, version) in [("b1", &first[..], "deployed", Some("v1")), ("b2", &second[..], "failed", None)] {
        let mut attempts = 0;
        for (seq, code) in (1..).zip(codes) {
            attempts += usize::from(*code == "BUILD_STARTED");
            let finished = seq == codes.len() as i64;
            let params = json!({"attemptNumber": attempts, "isRetry": attempts > 1, "reason": "command_failed"});
            let body = json!({"seq": seq, "code": code, "finished": finished, "build_id": build, "overall_progress": 0.5, "params": params}).to_string();
            let (build_id, project_seq) = (build.to_owned(), rows.events.len() as i64 + 1);
            let event_id = format!("e{project_seq}");
            rows.events.push(Event { build_id, seq, project_id: "p".into(), project_seq, event_id, code: (*code).into(), finished, body });
        }
        rows.lines.extend([(1, false), (2, true)].map(|(seq, finished)| Line { build_id: build.to_owned(), seq, finished }));
        let (id, version_id) = (build.to_owned(), version.map(str::to_owned));
        rows.builds.push(Build { id, project_id: "p".into(), current_state: state.into(), last_seq: codes.len() as i64, version_id });
    }
    let (id, project_id, build_id) = ("v1".to_owned(), "p".to_owned(), "b1".to_owned());
    rows.versions.push(Version { id, project_id, build_id, deploy_status: "deployed".into(), artifact_key: "a".into(), artifact_sha256: "s".into() });
    rows.projects.push(Project { id: "p".into(), last_seq: 8, preview_version_id: Some("v1".into()) });
    let promise = |build: &str| Promise { build_id: build.into(), project_id: "p".into(), recipe: Recipe::Script, mark: "m".into(), watched: None };
    (rows, Outcome { promises: vec![promise("b1"), promise("b2")], ..Outcome::default() })
}

#[test]
fn nothing_is_wrong_with_whole_histories() {
    let (rows, outcome) = whole();
    assert_eq!(faults(&rows, &outcome), Vec::<String>::new());
}

#[test]
fn every_way_to_break_a_history_is_found() {
    type Breaks = fn(&mut Rows, &mut Outcome);
    let ways: &[(&str, Breaks)] = &[
        ("an event lost", |rows, _| drop(rows.events.remove(2))),
        ("an event doubled", |rows, _| rows.events.insert(2, rows.events[2].clone())),
        ("the last event lost", |rows, _| drop(rows.events.remove(4))),
        ("an event after the last", |rows, _| {
            let late = Event { seq: 6, event_id: "late".into(), code: "BUILD_COMPILING".into(), finished: false, ..rows.events[4].clone() };
            rows.events.insert(5, late);
            rows.builds[0].last_seq = 6;
        }),
        ("two last events", |rows, _| rows.events[3].finished = true),
        ("two events with one id", |rows, _| rows.events[3].event_id = "e1".into()),
        ("a build that is active", |rows, _| rows.builds[1].current_state = "building".into()),
        ("an end that is not the last event's", |rows, _| rows.builds[1].current_state = "deployed".into()),
        ("a log without a last line", |rows, _| drop(rows.lines.remove(1))),
        ("a log without its first line", |rows, _| drop(rows.lines.remove(2))),
        ("a log that goes on after its last line", |rows, _| rows.lines[0].finished = true),
        ("a job left", |rows, _| rows.jobs.push("b1".into())),
        ("an attempt that is not told", |rows, _| rows.events[3].body = rows.events[3].body.replace("\"attemptNumber\":2", "\"attemptNumber\":3")),
        ("a body that is another event's", |rows, _| rows.events[2].body = rows.events[1].body.clone()),
        ("progress that goes back", |rows, _| rows.events[2].body = rows.events[2].body.replace("0.5", "0.4")),
        ("a version of a failed build", |rows, _| rows.versions[0].build_id = "b2".into()),
        ("no version of a deployed build", |rows, _| rows.versions.clear()),
        ("a version that is half made", |rows, _| rows.versions[0].deploy_status = "deploying".into()),
        ("a preview of nothing", |rows, _| rows.projects[0].preview_version_id = None),
        ("a project that counts wrong", |rows, _| rows.projects[0].last_seq = 9),
        ("a promise that was not kept", |_, outcome| outcome.promises[0].build_id = "b3".into()),
        ("a build that nobody asked for", |_, outcome| drop(outcome.promises.pop())),
        ("two promises of one build", |_, outcome| outcome.promises[1].build_id = "b1".into()),
        ("an end that nothing explains", |_, outcome| outcome.promises[1].recipe = Recipe::Site),
        ("a watcher who missed an event", |rows, outcome| {
            let seen = [0, 1, 3, 4].map(|at| Seen { cursor: "c".into(), data: rows.events[at].body.clone() });
            let mut watching = Watching::new(String::new(), tokio::sync::watch::Sender::default().subscribe());
            watching.seen = seen.into();
            outcome.promises[0].watched = Some(watching);
        }),
    ];
    for (what, break_it) in ways {
        let (mut rows, mut outcome) = whole();
        break_it(&mut rows, &mut outcome);
        assert_ne!(faults(&rows, &outcome), Vec::<String>::new(), "{what}");
    }
}
