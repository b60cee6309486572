//! Names, words and units.

use super::{committed, operations};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn every_operation_has_a_name_of_its_own_words_and_a_tag() {
    let document = committed();
    let tags: BTreeSet<_> =
        document["tags"].as_array().unwrap().iter().filter(|tag| says(&tag["description"])).map(|tag| &tag["name"]).map(Value::to_string).collect();
    let mut names = BTreeSet::new();
    for (name, method, path, operation) in operations(&document) {
        assert!(!name.is_empty() && names.insert(name), "{method} {path} has no name of its own");
        assert!(says(&operation["summary"]) && says(&operation["description"]), "{name} has no words");
        let of = operation["tags"].as_array().unwrap();
        assert!(of.len() == 1 && tags.contains(&of[0].to_string()), "{name} has no tag with words");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(says(&parameter["description"]), "{name}: {}", parameter["name"]);
        }
    }
    assert!(names.len() > 40 && tags.len() > 8);
}

#[test]
fn every_field_says_what_it_is_and_in_which_unit() {
    let document = committed();
    let (mut fields, mut faults) = (0, vec![]);
    for (schema, part) in document["components"]["schemas"].as_object().unwrap() {
        assert!(says(&part["description"]), "{schema} has no words");
        each_field(part, &mut |name, field| {
            fields += 1;
            let words = field["description"].as_str().unwrap_or_default().to_lowercase();
            let unit = unit(schema, name, field);
            if words.is_empty() || unit.is_some_and(|unit| !unit.iter().any(|word| words.contains(word))) {
                faults.push(format!("{schema}.{name}: {words} (of {unit:?})"));
            }
        });
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(fields > 1000, "{fields} fields");
}

/// The words of which one has to stand in what a field says of itself.
fn unit(schema: &str, name: &str, field: &Value) -> Option<&'static [&'static str]> {
    let kind = field["type"].to_string();
    let (number, text) = (kind.contains("integer") || kind.contains("number"), kind.contains("string"));
    let lower = name.to_lowercase();
    let ends = |words: &[&str]| words.iter().any(|word| lower.ends_with(word));
    const CREDITS: &[&str] = &["credit"];
    Some(match name {
        "resetTime" | "estimatedStart" | "estimatedCompletion" | "expiredAt" if number => &["epoch milliseconds"],
        "timestamp" if number => &["epoch milliseconds"],
        "timestamp" | "serverTime" | "expires" | "estimatedCompletionTime" => &["iso 8601"],
        _ if text && name.ends_with("At") => &["iso 8601"],
        "day" => &["yyyy-mm-dd"],
        "from" | "to" if schema.ends_with("Analytics") => &["yyyy-mm-dd"],
        "estimatedMinutes" => &["minutes"],
        "mean" | "p50" | "p90" | "p95" | "p99" | "retryAfter" | "window" => &["second"],
        _ if number && (ends(&["seconds", "duration"]) || lower.starts_with("duration")) => &["second"],
        "artifactSize" | "size" | "bytesBefore" | "bytesAfter" | "totalBytes" | "actual" => &["byte"],
        "credits" | "amount" | "charged" | "refunded" | "released" | "reserved" | "credited" | "newBalance" | "paid" | "welcomeBonus" | "dailyGift" => CREDITS,
        "required" | "available" | "requiredBalance" | "currentBalance" | "todayUsed" | "lifetimeUsed" | "estimatedCredits" | "actualCredits" => CREDITS,
        "progress" | "overall_progress" | "confidence" if number => &["from 0 to 1"],
        _ => return None,
    })
}

fn says(words: &Value) -> bool {
    words.as_str().is_some_and(|words| !words.is_empty())
}

/// Calls with every field of a schema, of its members and of objects within it.
fn each_field(schema: &Value, told: &mut impl FnMut(&str, &Value)) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        told(name, field);
        each_field(field, told);
    }
    for key in ["oneOf", "allOf", "anyOf"] {
        schema[key].as_array().into_iter().flatten().for_each(|part| each_field(part, told));
    }
    for key in ["items", "additionalProperties"] {
        if schema[key].is_object() {
            each_field(&schema[key], told);
        }
    }
}
