//! Statistics: every figure is what counting by hand gives, and every list of a kind adds up to the same.

mod history;

use super::support::client::answer;
use super::support::clock::TestClock;
use super::support::server::SECRET;
use super::support::{Kind, TestServer, on_both};
use buildcast::domain::days::{DAY_MS, DayRange, day_text};
use buildcast::domain::signature::{SignedRequest, header, sign_v1};
use history::{Made, TODAY, history};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

async fn server(kind: Kind) -> TestServer {
    let clock = TestClock::default();
    clock.stop_at(TODAY * DAY_MS + 3_600_000);
    TestServer::start_at(kind, &[("BUILDCAST_NODE_ROLE", "api,preview")], Arc::new(clock)).await
}

/// Signed without a time: the server's stands still.
async fn get(server: &TestServer, path: &str) -> (StatusCode, Value) {
    let signature = sign_v1(SECRET.as_bytes(), SignedRequest { method: "GET", path_and_query: path, body: b"" });
    answer(server.client.bare(Method::GET, path).header(header::V1, signature).send().await.unwrap()).await
}

/// A list's items by one of their fields, as the sums that they hold.
fn sums(list: &Value, key: &str, figure: &str) -> BTreeMap<String, i64> {
    let items = list.as_array().unwrap().iter().map(|item| (item[key].as_str().unwrap_or("null").to_owned(), item[figure].as_i64().unwrap()));
    items.filter(|(_, figure)| *figure > 0).fold(BTreeMap::new(), |mut sums, (key, figure)| {
        *sums.entry(key).or_default() += figure;
        sums
    })
}

fn counted<'a>(builds: impl Iterator<Item = &'a Made>, key: impl Fn(&Made) -> String) -> BTreeMap<String, i64> {
    builds.fold(BTreeMap::new(), |mut sums, build| {
        *sums.entry(key(build)).or_default() += 1;
        sums
    })
}

/// The smallest duration that so many percent of all do not exceed, by its definition.
fn percentile(durations: &[i64], percent: usize) -> Option<f64> {
    let covers = |limit: &i64| durations.iter().filter(|took| *took <= limit).count() * 100 >= percent * durations.len();
    durations.iter().filter(|took| covers(took)).min().map(|ms| *ms as f64 / 1000.0)
}

/// A nanosecond is lost where a number is written and read.
fn same(told: &Value, seconds: Option<f64>) -> bool {
    told.is_null() == seconds.is_none() && (told.as_f64().unwrap_or_default() - seconds.unwrap_or_default()).abs() < 1e-9
}

fn check_builds(answer: &Value, chosen: &[&Made], range: DayRange) {
    let in_state = |state: &str| chosen.iter().filter(|build| build.state == state).count() as i64;
    assert_eq!(answer["builds"], json!(chosen.len()));
    for state in ["queued", "building", "deployed", "failed", "cancelled"] {
        assert_eq!(answer["byState"][state], json!(in_state(state)), "{state}");
    }
    let all = || chosen.iter().copied();
    assert_eq!(sums(&answer["byFramework"], "framework", "count"), counted(all(), |build| build.framework.unwrap_or("null").to_owned()));
    let failed = || all().filter(|build| build.state == "failed");
    assert_eq!(sums(&answer["byFailingPhase"], "phase", "count"), counted(failed(), |build| build.phase.to_owned()));
    assert_eq!(sums(&answer["byFailingPhase"], "reason", "count"), counted(failed(), |build| build.reason.unwrap_or("null").to_owned()));
    assert_eq!(sums(&answer["byFailingPhase"], "code", "count").values().sum::<i64>(), in_state("failed"));
    let took: Vec<i64> = all().filter(|build| build.state == "deployed").map(|build| build.took_ms).collect();
    let mean = (!took.is_empty()).then(|| took.iter().sum::<i64>() as f64 / 1000.0 / took.len() as f64);
    let durations = &answer["durations"];
    assert_eq!(durations["count"], json!(took.len()));
    assert!(same(&durations["mean"], mean), "{durations} {mean:?}");
    for percent in [50, 90, 95, 99] {
        assert!(same(&durations[format!("p{percent}")], percentile(&took, percent)), "p{percent} of {took:?}: {durations}");
    }
    let days: Vec<Value> = answer["byDay"].as_array().unwrap().iter().map(|day| day["day"].clone()).collect();
    assert_eq!(days, range.days().map(|day| json!(day_text(day))).collect::<Vec<_>>());
    assert_eq!(sums(&answer["byDay"], "day", "started"), counted(all(), |build| day_text(build.day())));
    for state in ["deployed", "failed", "cancelled"] {
        assert_eq!(sums(&answer["byDay"], "day", state), counted(all().filter(|build| build.state == state), |build| day_text(build.day())));
    }
}

fn check_usage(answer: &Value, chosen: &[&Made]) {
    let used: Vec<&Made> = chosen.iter().copied().filter(|build| build.credits() > 0).collect();
    let credits: i64 = used.iter().map(|build| build.credits()).sum();
    let users = used.iter().map(|build| &build.user).collect::<BTreeSet<_>>().len();
    assert_eq!(answer["total"], json!({"credits": credits, "charges": used.len(), "users": users}));
    for list in ["byOperation", "bySegment", "byDay"] {
        for (figure, total) in [("credits", credits), ("charges", used.len() as i64)] {
            let sum: i64 = answer[list].as_array().unwrap().iter().map(|item| item[figure].as_i64().unwrap()).sum();
            assert_eq!(sum, total, "{figure} {list}");
        }
    }
    let added = |key: &dyn Fn(&Made) -> String| {
        used.iter().fold(BTreeMap::new(), |mut sums: BTreeMap<String, i64>, build| {
            *sums.entry(key(build)).or_default() += build.credits();
            sums
        })
    };
    let of_users = added(&|build| build.user.clone());
    let segment = |build: &Made| match of_users[&build.user] {
        ..100 => "light".to_owned(),
        100..1000 => "regular".to_owned(),
        _ => "heavy".to_owned(),
    };
    assert_eq!(sums(&answer["bySegment"], "segment", "credits"), added(&segment));
    assert_eq!(sums(&answer["byDay"], "day", "credits"), added(&|build| day_text(build.day_paid())));
    assert_eq!(sums(&answer["byOperation"], "operation", "credits"), added(&|build| build.operation().into()));
}

async fn adds_up(kind: Kind) {
    let server = server(kind).await;
    let mut runner = TestRunner::deterministic();
    for round in 0..12 {
        let builds = history().new_tree(&mut runner).unwrap().current();
        history::write(&server, &builds).await;
        for (user, project) in [(None, None), (Some("u1"), None), (None, Some("p2")), (Some("u2"), Some("p2"))] {
            for (first, last) in [(TODAY - 29, TODAY), (TODAY - 6, TODAY - 2), (TODAY - 3, TODAY - 3)] {
                let mut query = if last == TODAY { String::new() } else { format!("from={}&to={}", day_text(first), day_text(last)) };
                query.extend(user.map(|user| format!("&userId={user}")));
                query.extend(project.map(|project| format!("&projectId={project}")));
                let of =
                    |build: &&Made| user.is_none_or(|user| build.user == user) && project.is_none_or(|project| build.project == project) && !build.is_rollback;
                let chosen: Vec<&Made> = builds.iter().filter(of).filter(|build| (first..=last).contains(&build.day())).collect();
                // what a caller pays for itself is of no project
                let of_any = |build: &&Made| project.is_none() || build.operation() != "external";
                let paid: Vec<&Made> = builds.iter().filter(of).filter(of_any).filter(|build| (first..=last).contains(&build.day_paid())).collect();
                let (status, answer) = get(&server, &format!("/v1/analytics/builds?{query}")).await;
                assert_eq!((status, &answer["from"]), (StatusCode::OK, &json!(day_text(first))), "{answer}");
                check_builds(&answer, &chosen, DayRange { first, last });
                let (status, answer) = get(&server, &format!("/v1/analytics/usage?{query}")).await;
                assert_eq!((status, &answer["to"]), (StatusCode::OK, &json!(day_text(last))), "round {round} {answer}");
                check_usage(&answer, &paid);
            }
        }
    }
}
on_both!(figures_are_what_counting_gives_and_add_up, adds_up);

async fn nothing(kind: Kind) {
    let server = server(kind).await;
    let (_, answer) = get(&server, "/v1/analytics/builds?from=2026-02-01&to=2026-02-02").await;
    let day = |day: &str| json!({"day": day, "started": 0, "deployed": 0, "failed": 0, "cancelled": 0});
    let none = json!({
        "from": "2026-02-01", "to": "2026-02-02", "builds": 0, "byFramework": [], "byFailingPhase": [],
        "byState": {"queued": 0, "building": 0, "deployed": 0, "failed": 0, "cancelled": 0},
        "durations": {"count": 0, "mean": null, "p50": null, "p90": null, "p95": null, "p99": null},
        "byDay": [day("2026-02-01"), day("2026-02-02")],
    });
    assert_eq!(answer, none);
    let (_, answer) = get(&server, "/v1/analytics/usage?to=2026-02-02&from=2026-02-02&userId=u").await;
    let zero = |key: &str, word: &str| json!({key: word, "credits": 0, "charges": 0, "users": 0});
    let none = json!({
        "from": "2026-02-02", "to": "2026-02-02", "total": {"credits": 0, "charges": 0, "users": 0}, "byDay": [zero("day", "2026-02-02")],
        "byOperation": [zero("operation", "build"), zero("operation", "update"), zero("operation", "external")],
        "bySegment": [zero("segment", "light"), zero("segment", "regular"), zero("segment", "heavy")],
    });
    assert_eq!(answer, none);
}
on_both!(where_nothing_was_everything_is_told_as_nothing, nothing);

#[tokio::test]
async fn odd_queries_are_refused_with_their_field() {
    let server = server(Kind::Sqlite).await;
    for statistics in ["builds", "usage"] {
        for (query, field, reason) in [
            ("from=2026-02-30", "from", "not_a_day"),
            ("to=yesterday", "to", "not_a_day"),
            ("from=2026-02-02&to=2026-02-01", "from", "after_to"),
            ("from=2020-01-01&to=2021-01-01", "from", "out_of_range"),
            ("userId=a%20b", "userId", "not_an_id"),
            ("userId=", "userId", "not_an_id"),
            ("user=u", "user", "unknown_field"),
            ("from=2026-02-01&from=2026-02-01", "from", "duplicate"),
        ] {
            let (status, error) = get(&server, &format!("/v1/analytics/{statistics}?{query}")).await;
            assert_eq!((status, &error["params"]), (StatusCode::BAD_REQUEST, &json!({"field": field, "reason": reason})), "{query}");
        }
        for unknown in ["nope", "", "a%20b"] {
            let (status, error) = get(&server, &format!("/v1/analytics/{statistics}?projectId={unknown}")).await;
            assert_eq!((status, &error["params"]), (StatusCode::NOT_FOUND, &json!({"resource": "project"})));
        }
        assert_eq!(server.client.bare(Method::GET, &format!("/v1/analytics/{statistics}")).send().await.unwrap().status(), 401);
    }
}
