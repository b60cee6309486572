//! How two recordings differ, apart from what differs between any two builds: ids, addresses, and when it was.

use super::read::{Recorded, Recording};
use serde::Serialize;
use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Fields of an event that name this build, and no other.
const OWN_FIELDS: [&str; 8] = ["id", "seq", "build_id", "project_id", "project_seq", "preview_url", "duration_seconds", "params"];
/// Params that name this build, or say when it was.
const OWN_PARAMS: [&str; 7] = ["timestamp", "projectId", "versionId", "targetVersionId", "rollbackVersionId", "url", "estimatedStart"];
/// The field that says how long something took.
const DURATION: &str = "duration_seconds";
/// Params that say how long something took: timings, as offsets are.
const TIMINGS: [&str; 3] = ["duration", "stopDuration", "ageSeconds"];

/// What is compared.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Timings that differ by more than this, milliseconds; none are compared without it.
    pub timing_ms: Option<i64>,
    /// Codes and params that are left out.
    pub ignored: Vec<String>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// An event that only the first has.
    Removed {
        /// Its place in the first.
        seq: i64,
        /// Its code.
        code: String,
    },
    /// An event that only the second has.
    Added {
        /// Its place in the second.
        seq: i64,
        /// Its code.
        code: String,
    },
    /// An event that both have, and that says something else.
    Changed {
        /// Its place in the first.
        seq: i64,
        /// Its code.
        code: String,
        /// What of it: a field, `params.NAME`, or `offset_ms`.
        what: String,
        /// In the first; null where it has none.
        before: Value,
        /// In the second; null where it has none.
        after: Value,
    },
}

impl Comparison {
    /// Every difference, in order.
    pub fn differences(&self, first: &Recording, second: &Recording) -> Vec<Difference> {
        let (a, b) = (self.seen(first), self.seen(second));
        let codes = |events: &[&Recorded]| events.iter().map(|event| event.facts.code.clone()).collect::<Vec<_>>();
        let mut found = vec![];
        for op in capture_diff_slices(Algorithm::Myers, &codes(&a), &codes(&b)) {
            let (of_a, of_b) = (&a[op.old_range()], &b[op.new_range()]);
            if let DiffOp::Equal { .. } = op {
                of_a.iter().zip(of_b).for_each(|(a, b)| self.changes(a, b, &mut found));
                continue;
            }
            found.extend(of_a.iter().map(|event| Difference::Removed { seq: event.facts.seq, code: event.facts.code.clone() }));
            found.extend(of_b.iter().map(|event| Difference::Added { seq: event.facts.seq, code: event.facts.code.clone() }));
        }
        found
    }

    fn seen<'a>(&self, recording: &'a Recording) -> Vec<&'a Recorded> {
        recording.events.iter().filter(|event| !self.ignored.contains(&event.facts.code)).collect()
    }

    fn changes(&self, a: &Recorded, b: &Recorded, found: &mut Vec<Difference>) {
        let mut changed = |what: String, before: Value, after: Value| {
            found.push(Difference::Changed { seq: a.facts.seq, code: a.facts.code.clone(), what, before, after });
        };
        let (one, two) = (fields(a), fields(b));
        for name in names(&one, &two, &OWN_FIELDS) {
            changed(name.clone(), value(&one, &name), value(&two, &name));
        }
        for name in lost(&one, &two, &OWN_FIELDS).into_iter().filter(|name| !self.ignored.contains(name)) {
            changed(name.clone(), value(&one, &name), value(&two, &name));
        }
        let seconds = [&one, &two].map(|fields| seconds_ms(&value(fields, DURATION)));
        if seconds.iter().all(Option::is_some) && self.is_far(seconds[0], seconds[1]) {
            changed(DURATION.into(), value(&one, DURATION), value(&two, DURATION));
        }
        let (one, two) = (params(&one), params(&two));
        let names = names(&one, &two, &OWN_PARAMS).into_iter().chain(lost(&one, &two, &OWN_PARAMS));
        for name in names.filter(|name| !self.ignored.contains(name)) {
            let (before, after) = (value(&one, &name), value(&two, &name));
            if !TIMINGS.contains(&name.as_str()) || self.is_far(seconds_ms(&before), seconds_ms(&after)) {
                changed(format!("params.{name}"), before, after);
            }
        }
        if self.is_far(Some(a.offset_ms), Some(b.offset_ms)) {
            changed("offset_ms".into(), a.offset_ms.into(), b.offset_ms.into());
        }
    }

    fn is_far(&self, a: Option<i64>, b: Option<i64>) -> bool {
        self.timing_ms.is_some_and(|most| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() > most,
            _ => a != b,
        })
    }
}

fn fields(event: &Recorded) -> Map<String, Value> {
    serde_json::from_str(event.body.get()).unwrap_or_default()
}

fn params(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.get("params").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The names of what differs.
fn names(a: &Map<String, Value>, b: &Map<String, Value>, own: &[&str]) -> Vec<String> {
    let mut names: Vec<&String> = a.keys().chain(b.keys()).filter(|name| !own.contains(&name.as_str())).collect();
    names.sort();
    names.dedup();
    names.into_iter().filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}

/// The names among these that only one has: what stands there may differ, but not whether something does.
fn lost(a: &Map<String, Value>, b: &Map<String, Value>, own: &[&str]) -> Vec<String> {
    let has = |of: &Map<String, Value>, name: &str| of.get(name).is_some_and(|value| !value.is_null());
    own.iter().filter(|name| has(a, name) != has(b, name)).map(|name| (*name).to_owned()).collect()
}

fn value(of: &Map<String, Value>, name: &str) -> Value {
    of.get(name).cloned().unwrap_or(Value::Null)
}

fn seconds_ms(value: &Value) -> Option<i64> {
    value.as_f64().map(|seconds| (seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::super::{event_of, read, write};
    use super::*;
    use serde_json::json;

    /// A recording of events with these codes, offsets and params, of a build of this name.
    fn recording(build: &str, events: &[(&str, i64, Value)]) -> Recording {
        let stored = events.iter().enumerate().map(|(at, (code, offset, params))| {
            let (seq, mut params) = (at + 1, params.clone());
            params["timestamp"] = (1000 + offset).into();
            params["projectId"] = format!("p-{build}").into();
            let body = json!({"id": format!("019aa1b2-7c3d-7e4f-8a5b-{seq:012x}"), "seq": seq, "build_id": build, "project_id": format!("p-{build}"), "project_seq": seq + 7,
                "code": code, "finished": false, "overall_progress": 0.5, "params": params});
            event_of(&body.to_string()).unwrap()
        });
        read(write(&stored.collect::<Vec<_>>()).unwrap().as_bytes()).unwrap()
    }

    fn base(build: &str, files: i64, end: i64) -> Recording {
        recording(
            build,
            &[
                ("BUILD_STARTED", 0, json!({})),
                ("BUILD_VALIDATING", 5, json!({"count": files})),
                ("BUILD_COMPLETED", end, json!({"duration": end as f64 / 1000.0, "url": build})),
            ],
        )
    }

    #[test]
    fn two_builds_of_the_same_do_not_differ() {
        assert_eq!(Comparison::default().differences(&base("a", 3, 900), &base("b", 3, 4000)), []);
    }

    #[test]
    fn timings_differ_when_they_are_asked_for() {
        let (a, b) = (base("a", 3, 900), base("b", 3, 1400));
        let found = |timing_ms| Comparison { timing_ms: Some(timing_ms), ..Comparison::default() }.differences(&a, &b);
        let changed =
            |what: &str, before: Value, after: Value| Difference::Changed { seq: 3, code: "BUILD_COMPLETED".into(), what: what.into(), before, after };
        assert_eq!(found(499), [changed("params.duration", json!(0.9), json!(1.4)), changed("offset_ms", json!(900), json!(1400))]);
        assert_eq!(found(500), []);
    }

    #[test]
    fn an_address_that_is_lost_is_named() {
        let (a, b) = (
            base("a", 3, 900),
            recording(
                "b",
                &[("BUILD_STARTED", 0, json!({})), ("BUILD_VALIDATING", 5, json!({"count": 3})), ("BUILD_COMPLETED", 900, json!({"duration": 0.9}))],
            ),
        );
        let lost = Difference::Changed { seq: 3, code: "BUILD_COMPLETED".into(), what: "params.url".into(), before: json!("a"), after: Value::Null };
        assert_eq!(Comparison::default().differences(&a, &b), [lost]);
        let ignored = vec!["url".to_owned()];
        assert_eq!(Comparison { ignored, timing_ms: None }.differences(&a, &b), []);
    }

    #[test]
    fn events_and_params_that_differ_are_named() {
        let (a, b) = (
            base("a", 3, 900),
            recording("b", &[("BUILD_STARTED", 0, json!({})), ("BUILD_COMPILING", 2, json!({})), ("BUILD_VALIDATING", 5, json!({"count": 4}))]),
        );
        let found = Comparison::default().differences(&a, &b);
        assert_eq!(
            found,
            [
                Difference::Added { seq: 2, code: "BUILD_COMPILING".into() },
                Difference::Changed { seq: 2, code: "BUILD_VALIDATING".into(), what: "params.count".into(), before: json!(3), after: json!(4) },
                Difference::Removed { seq: 3, code: "BUILD_COMPLETED".into() },
            ]
        );
        let ignored = ["BUILD_COMPILING", "BUILD_COMPLETED", "count"].map(str::to_owned).to_vec();
        assert_eq!(Comparison { ignored, timing_ms: None }.differences(&a, &b), []);
    }
}
