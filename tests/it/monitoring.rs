//! The dashboard and the rules ask for what there is: every name and label in them is one that a node tells.

use buildcast::metrics::Metrics;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Words of PromQL.
const WORDS: &[&str] =
    &["sum", "rate", "increase", "by", "le", "histogram_quantile", "max", "min", "avg", "and", "or", "on", "ignoring", "clamp_min", "job", "instance"];

/// Every name that `/metrics` may have, with its labels.
fn told() -> BTreeMap<String, BTreeSet<String>> {
    let metrics = Metrics::new(|| 0);
    let text = metrics.text();
    let mut told = BTreeMap::new();
    for metric in metrics.described() {
        let labels: BTreeSet<String> = metric.labels.into_iter().collect();
        for suffix in ["", "_bucket", "_sum", "_count"] {
            told.insert(format!("{}{suffix}", metric.name), labels.clone());
        }
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        assert!(told.contains_key(name), "{name} is told and not described");
    }
    told
}

/// The words of an expression without its texts, its times and its numbers.
fn words(expression: &str) -> Vec<String> {
    let (mut plain, mut quoted, mut range) = (String::new(), false, false);
    for c in expression.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => range = true,
            ']' if !quoted => range = false,
            _ if quoted || range => {}
            c => plain.push(c),
        }
    }
    let parts = plain.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$'));
    parts.filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')).map(str::to_owned).collect()
}

fn check(expression: &str, place: &str) {
    let told = told();
    let words: Vec<String> = words(expression).into_iter().filter(|word| !WORDS.contains(&word.as_str())).collect();
    let metrics: Vec<&String> = words.iter().filter(|word| told.contains_key(*word)).collect();
    assert!(!metrics.is_empty(), "{place}: {expression} asks for nothing that is told");
    for word in words.iter().filter(|word| !told.contains_key(*word)) {
        assert!(metrics.iter().any(|metric| told[*metric].contains(word)), "{place}: {word} is neither a metric nor a label of one in {expression}");
    }
}

fn expressions<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("expr").and_then(Value::as_str));
            object.values().for_each(|value| expressions(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_asks_for_what_a_node_tells() {
    let dashboard: Value = serde_json::from_str(include_str!("../../docs/grafana/buildcast.json")).unwrap();
    let mut found = vec![];
    expressions(&dashboard, &mut found);
    assert!(found.len() >= 12, "{found:?}");
    found.iter().for_each(|expression| check(expression, "dashboard"));
    let variable = &dashboard["templating"]["list"][0];
    assert_eq!((&variable["type"], &variable["name"]), (&"datasource".into(), &"datasource".into()));
    for panel in dashboard["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] != "row") {
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
    }
}

#[test]
fn the_rules_ask_for_what_a_node_tells() {
    let rules = include_str!("../../docs/alerts.yml");
    let found: Vec<&str> = rules.lines().filter_map(|line| line.trim_start().strip_prefix("expr: ")).collect();
    let alerts = rules.lines().filter(|line| line.trim_start().starts_with("- alert: ")).count();
    assert!(alerts >= 8 && found.len() == alerts, "each rule has its expression on one line");
    found.iter().for_each(|expression| check(expression, "alerts"));
}

#[test]
fn every_figure_of_the_specification_is_there() {
    let text = Metrics::new(|| 0).text();
    let names = [
        "build_queue_depth",
        "active_builds_total",
        "build_completion_rate",
        "build_success_rate",
        "api_request_duration",
        "worker_memory_usage",
        "worker_cpu_usage",
        "rollback_progress_cache_hits",
        "artifact_availability_checks",
        "progress_update_frequency",
        "stream_subscribers",
        "stream_events_delivered_total",
        "stream_refills_total",
        "stream_delivery_lag",
        "signature_verifications_total",
        "idempotency_hits_total",
        "rate_limited_total",
        "job_lease_takeovers_total",
        "credit_usage_total",
    ];
    for name in names {
        // also before anything has happened
        let there = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']) || rest.starts_with("_count"));
        assert!(text.lines().any(there), "{name}");
    }
}

#[test]
fn series_that_are_known_begin_at_nought() {
    let text = Metrics::new(|| 0).text();
    for series in [
        r#"rollback_progress_cache_hits{result="hit"}"#,
        r#"rollback_progress_cache_hits{result="miss"}"#,
        r#"idempotency_hits_total{result="replayed"}"#,
        r#"rate_limited_total{scope="address"}"#,
        r#"rate_limited_total{scope="user"}"#,
        r#"fleet_fallbacks_total{question="rate"}"#,
        r#"fleet_fallbacks_total{question="nonce"}"#,
        r#"rollback_success_rate{outcome="failed"}"#,
        r#"build_success_rate{outcome="deployed"}"#,
        r#"artifact_availability_checks{result="missing"}"#,
        r#"signature_verifications_total{result="accepted",version="v2"}"#,
        r#"credit_usage_total{operation="external"}"#,
    ] {
        assert!(text.lines().any(|line| line == format!("{series} 0")), "{series}");
    }
}

#[test]
fn an_expression_that_asks_for_something_else_is_found() {
    assert_eq!(words(r#"sum by (route) (rate(x_count{status="5xx"}[$__rate_interval])) > 0.2"#), ["sum", "by", "route", "rate", "x_count", "status"]);
    for wrong in [r#"rate(api_request_duration_counts[5m])"#, r#"sum by (path) (rate(api_request_duration_count[5m]))"#, "build_queue_depth{route=\"x\"}"] {
        assert!(std::panic::catch_unwind(|| check(wrong, "here")).is_err(), "{wrong}");
    }
}
