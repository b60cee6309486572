//! The frames around events, and an event's fields, as the document has them.

use super::params::cell;
use serde_json::Value;
use std::fmt::Write;

const CONTROL: &str = "
## Control frames

Between the events of a stream of server-sent events there are frames that say something about the stream. They have `type`
and no `code`, and no `id:`, so they never move the cursor. The first is always `connection`, then comes what was before, then
`live`, once, then what is new. A comment line (`: heartbeat`) comes after 15 s of silence.

";

const CLIENT: &str = "
## WebSocket frames

`GET /v1/ws` carries many streams. What a client sends:

";

/// The sections on control frames and on those of the WebSocket.
pub(super) fn sections(document: &Value) -> String {
    let (control, client, server) = (frames(document, "ControlFrame"), frames(document, "ClientFrame"), frames(document, "ServerFrame"));
    format!("{CONTROL}{control}{CLIENT}{client}\nWhat the server sends; how it closes a socket is in [websocket.md](websocket.md):\n\n{server}")
}

/// A table of an object's fields.
pub(super) fn fields(document: &Value, name: &str) -> String {
    let schema = &document["components"]["schemas"][name];
    let mut text = String::from("| field | type | always there | what it is |\n| --- | --- | --- | --- |\n");
    for (field, of) in members(document, schema) {
        let always = if required(document, schema).contains(&field.as_str()) { "yes" } else { "no" };
        let (kind, what) = own(&field).unwrap_or((of["type"].as_str().unwrap_or("any"), description(document, of)));
        let _ = writeln!(text, "| `{field}` | {kind} | {always} | {} |", cell(what));
    }
    text
}

/// A table of a union's frames.
fn frames(document: &Value, name: &str) -> String {
    let mut text = String::from("| type | beside it | what it says |\n| --- | --- | --- |\n");
    for frame in document["components"]["schemas"][name]["oneOf"].as_array().into_iter().flatten() {
        let frame = resolved(document, frame);
        let (mut word, mut beside) = ("", Vec::new());
        for (field, of) in members(document, frame) {
            match of["enum"][0].as_str().or_else(|| of["const"].as_str()) {
                Some(only) if field == "type" => word = only,
                _ => beside.push(beside_it(document, &field, of)),
            }
        }
        if word == "error" {
            beside.retain(|field| field.starts_with("`stream`"));
            beside.push("the fields of an [error's body](errors.md#the-envelope)".into());
        }
        let _ = writeln!(text, "| `{word}` | {} | {} |", beside.join("; "), cell(description(document, frame)));
    }
    text
}

/// A schema, or the one that it refers to.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"].as_str().and_then(|to| document.pointer(to.trim_start_matches('#'))).unwrap_or(schema)
}

/// The fields of an object, those of all its parts.
fn members<'a>(document: &'a Value, schema: &'a Value) -> Vec<(String, &'a Value)> {
    let schema = resolved(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, of)| (name.clone(), of));
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| members(document, part));
    own.chain(parts).collect()
}

fn required<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a str> {
    resolved(document, schema)["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What a schema says of itself, or the one that it refers to.
fn description<'a>(document: &'a Value, schema: &'a Value) -> &'a str {
    schema["description"].as_str().or_else(|| resolved(document, schema)["description"].as_str()).unwrap_or_default()
}

/// Type and meaning of an event's fields that differ from code to code.
fn own(field: &str) -> Option<(&'static str, &'static str)> {
    Some(match field {
        "code" => ("[code](#codes)", "What happened: narrow on it."),
        "phase" => ("[Phase](#words)", "The part of the build, or the rollback."),
        "event_type" => ("[EventType](#words)", "Whether a step began, goes on or ended."),
        "params" => ("object", "The code's own."),
        _ => return None,
    })
}

/// What a field of a frame is, with the words that it may be.
fn beside_it(document: &Value, field: &str, of: &Value) -> String {
    let what = cell(description(document, of).trim_end_matches('.'));
    let words: Vec<String> = resolved(document, of)["enum"].as_array().into_iter().flatten().map(|word| format!("`{word}`").replace('"', "")).collect();
    match (what.is_empty(), words.len() > 1) {
        (true, _) => format!("`{field}`"),
        (_, true) => format!("`{field}`: {what} ({})", words.join(", ")),
        _ => format!("`{field}`: {what}"),
    }
}
