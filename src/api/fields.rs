//! What a field or parameter of a name may hold, wherever the document has it: the rules that the services check.

use crate::domain::framework::FRAMEWORKS;
use crate::domain::ledger::CREDITS_MAX;
use crate::domain::page_session::PAGE_TOKEN_SECONDS_MAX;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Text without control characters, that says something.
const WORDS: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// Text without control characters but line breaks and tabs.
const TEXT: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// As `TEXT`, but not only spaces.
const TEXT_THAT_SAYS: &str =
    r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// One line.
const LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]+$";
/// Entity tags with commas between them, some places of the list empty, or `*`.
const TAGS: &str = r#"^[ \t]*\*[ \t]*$|^[ \t,]*(W/)?"[!#-~]*"([ \t]*,[ \t,]*(W/)?"[!#-~]*")*[ \t,]*$"#;
/// Of a calendar's day, what `format` leaves open: years from 1970 on.
const DAY: &str = r"^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
/// Things of a page at most.
const PAGE_MAX: i64 = 200;

fn id() -> Value {
    json!({"minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"})
}

/// The rule of a request's field: that of this schema before that of all fields of the name.
fn rule_within(schema: &str, name: &str) -> Option<Value> {
    Some(match (schema, name) {
        // a note for the record, and not a word for a list
        ("CreditAccount" | "CommitCredits" | "ReleaseCredits", "reason") => json!({"pattern": TEXT}),
        ("EstimateOperation", "prompt") => json!({"pattern": TEXT_THAT_SAYS}),
        ("ReserveCredits" | "CommitCredits", "buildId") | ("CreditAccount", "reference") => json!({"pattern": LINE}),
        // used ones are remembered as long
        ("MintPageToken", "ttlSeconds") => json!({"minimum": 1, "maximum": PAGE_TOKEN_SECONDS_MAX}),
        _ => rule(name)?,
    })
}

/// The rule of a field of this name.
fn rule(name: &str) -> Option<Value> {
    Some(match name {
        "userId" => json!({"minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}),
        "actor" => json!({"minLength": 1, "maxLength": 128, "pattern": LINE}),
        "userIds" => json!({"items": rule("userId")?}),
        "projectId" | "targetVersionId" => id(),
        "builds" | "projects" => json!({"items": id(), "maxItems": 100}),
        "name" => json!({"minLength": 1, "maxLength": 200, "pattern": WORDS}),
        "reason" => json!({"minLength": 1, "maxLength": 200, "pattern": WORDS}),
        "description" | "comment" => json!({"pattern": TEXT}),
        "framework" => json!({"enum": FRAMEWORKS}),
        "priority" => json!({"minimum": -100, "maximum": 100}),
        "credits" | "estimatedCredits" | "actualCredits" => json!({"maximum": CREDITS_MAX}),
        "idempotencyKey" => json!({"minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
        "ttlSeconds" => json!({"minimum": 1, "maximum": 3600}),
        _ => return None,
    })
}

/// The rule of a parameter that is text.
fn rule_of_parameter(name: &str) -> Option<Value> {
    Some(match name {
        "userId" | "projectId" => rule(name)?,
        "from" | "to" => json!({"format": "date", "pattern": DAY}),
        // what can't be an id is missing; a place for one can't be empty
        "ids" => json!({"pattern": "^[^,]+(,[^,]+)*$"}),
        "If-Match" => json!({"pattern": TAGS}),
        _ => return None,
    })
}

/// The rule of a request as a whole.
fn whole(schema: &str) -> Option<Value> {
    // beside the owner something that changes
    ["ChangeVersion", "ChangeProject"].contains(&schema).then(|| json!({"minProperties": 2}))
}

/// Writes the rules into the schemas of requests and into the parameters.
pub(super) fn bound(document: &mut Value) {
    let requests = requests(document);
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten().filter(|(name, _)| requests.contains(*name)) {
        if let Some(rule) = whole(name) {
            merge(schema, rule);
        }
        for (field_name, field) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(rule) = rule_within(name, field_name).filter(|_| field.get("$ref").is_none()) {
                merge(field, rule);
            }
        }
    }
    for operation in operations(document) {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            if parameter["name"] == "limit" && parameter["schema"]["type"].to_string().contains("integer") {
                merge(&mut parameter["schema"], json!({"minimum": 1, "maximum": PAGE_MAX}));
            }
            let rule = parameter["name"].as_str().and_then(rule_of_parameter);
            if let Some(rule) = rule.filter(|_| parameter["schema"]["type"] == "string") {
                merge(&mut parameter["schema"], rule);
            }
        }
    }
}

/// The schemas that requests are made of.
fn requests(document: &mut Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    operations(document).for_each(|operation| named(&operation["requestBody"], &mut found));
    let mut seen = 0;
    while seen < found.len() {
        seen = found.len();
        for name in found.clone() {
            named(&document["components"]["schemas"][name], &mut found);
        }
    }
    found
}

/// The schemas that a part of the document refers to.
fn named(part: &Value, found: &mut BTreeSet<String>) {
    match part {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next()).map(str::to_owned));
            object.values().for_each(|part| named(part, found));
        }
        Value::Array(items) => items.iter().for_each(|part| named(part, found)),
        _ => {}
    }
}

/// The document's operations.
fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut();
    paths.into_iter().flat_map(Map::values_mut).flat_map(|item| item.as_object_mut().into_iter().flat_map(Map::values_mut))
}

/// Adds a rule to a schema; a list's items are bounded where they are text.
fn merge(schema: &mut Value, rule: Value) {
    let Value::Object(rule) = rule else { return };
    for (key, value) in rule {
        match key.as_str() {
            "items" if schema["items"]["type"] == "string" => merge(&mut schema["items"], value),
            "items" => {}
            // null is another word of a field that may be null
            "enum" if schema["type"].to_string().contains("null") => {
                schema[key] = value.as_array().into_iter().flatten().chain([&Value::Null]).cloned().collect();
            }
            _ => schema[key] = value,
        }
    }
}
