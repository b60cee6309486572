//! What 3.1 has in place of poem-openapi's 3.0, and of habits of the two that write the document.

use serde_json::{Map, Value, json};

/// Lifts a document from 3.0 to 3.1.
pub(super) fn lift(document: &mut Value) {
    for operation in super::operations(document).filter_map(Value::as_object_mut) {
        // said rather than left open: the address is the credential
        operation.entry("security").or_insert(json!([]));
    }
    for response in super::operations(document).filter_map(|operation| operation["responses"].as_object_mut()).flat_map(Map::values_mut) {
        if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
            *headers = std::mem::take(headers).into_iter().map(|(name, header)| (name.to_lowercase(), not_deprecated(header))).collect();
        }
    }
    for schema in document["components"]["schemas"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        complete(schema);
        say_kinds(schema);
    }
    nullable(document);
}

fn not_deprecated(mut header: Value) -> Value {
    if header["deprecated"] == false {
        header.as_object_mut().map(|header| header.remove("deprecated"));
    }
    header
}

/// Makes 3.0's `nullable` a type, and gives a field that is a reference or null the words of the reference.
fn nullable(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.remove("nullable") == Some(Value::Bool(true))
                && let Some(Value::String(kind)) = object.get("type").cloned()
            {
                object.insert("type".into(), json!([kind, "null"]));
            }
            let words = object
                .get("oneOf")
                .and_then(Value::as_array)
                .filter(|members| members.contains(&json!({"type": "null"})))
                .map(|members| members[0]["description"].clone());
            if let Some(words @ Value::String(_)) = words {
                object.entry("description").or_insert(words);
            }
            object.values_mut().for_each(nullable);
        }
        Value::Array(items) => items.iter_mut().for_each(nullable),
        _ => {}
    }
}

/// Says what the word is that tells the members of a tagged union apart.
fn say_kinds(schema: &mut Value) {
    for key in ["oneOf", "allOf"] {
        schema.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(say_kinds);
    }
    if let Some(kind) = schema.pointer_mut("/properties/type").filter(|kind| kind["enum"].as_array().is_some_and(|words| words.len() == 1)) {
        kind["description"] = "Which frame it is.".into();
    }
}

/// Makes a schema's one `example` the first of its `examples`, as JSON Schema has it, and says what else an object may hold.
fn complete(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    // an object of which nothing is said may hold anything; generators take it for one that holds nothing
    let is_object = object.get("type").is_some_and(|kind| kind == "object" || kind.as_array().is_some_and(|kinds| kinds.contains(&"object".into())));
    if is_object && !["properties", "additionalProperties"].iter().any(|key| object.contains_key(*key)) {
        object.insert("additionalProperties".into(), true.into());
    }
    if let Some(example) = object.remove("example") {
        object.insert("examples".into(), json!([example]));
    }
    object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut).for_each(complete);
    for key in ["oneOf", "anyOf", "allOf"] {
        object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(complete);
    }
    for key in ["items", "additionalProperties"] {
        object.get_mut(key).into_iter().for_each(complete);
    }
}

/// Keys in one order, so that the committed file changes only when the document does.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
