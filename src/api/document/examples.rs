//! Examples: of every request's body and every answer that is JSON, of streams, and of what they carry. Each is made from its
//! schema, with the values of `samples`.

use super::samples::{CURSOR, sample};
use super::validators::EVENT_STREAM;
use crate::domain::frame::RETRY_MS;
use crate::domain::recording::{event_of, write};
use serde_json::{Map, Value, json};

/// Schemas whose members each get an example.
const UNIONS: &[&str] = &["BuildEvent", "ErrorBody", "ControlFrame", "ServerFrame", "ClientFrame"];
/// Schemas that get an example beside those.
const SINGLE: &[&str] = &["LogLine", "RecordingHeader", "RecordedEvent"];
/// The error that frames of streams have for an example: it is the one that ends them.
const TYPICAL_ERROR: &str = "AuthExpiredError";
/// The media type of a recording.
const RECORDING: &str = "application/x-ndjson";
const SCHEMAS: &str = "#/components/schemas/";

/// Writes the examples into the document.
pub(super) fn add(document: &mut Value) {
    let made = Examples(document["components"]["schemas"].clone());
    let event = made.of_schema("BuildQueuedEvent");
    let line = made.of_schema("LogLine");
    for operation in super::operations(document) {
        if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
            content["example"] = made.of("", "", &content["schema"]);
        }
        let answers = operation["responses"].as_object_mut().into_iter().flatten();
        for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
            let lines = answer.pointer("/content/application~1json/schema/$ref") == Some(&json!(format!("{SCHEMAS}LogPage")));
            for (media_type, content) in answer.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
                match media_type.as_str() {
                    "application/json" => content["example"] = made.of("", "", &content["schema"]),
                    RECORDING => content["example"] = recording(&event).into(),
                    EVENT_STREAM => content["example"] = made.stream(if lines { &line } else { &event }).into(),
                    _ => {}
                }
            }
        }
    }
    for name in made.0.as_object().into_iter().flat_map(Map::keys) {
        let examples = made.of_component(name);
        if !examples.is_empty() {
            document["components"]["schemas"][name]["examples"] = examples.into();
        }
    }
}

/// The recording of a stream of one event.
fn recording(event: &Value) -> String {
    let text = event_of(&event.to_string()).and_then(|event| write(&[event]));
    text.expect("the example of an event is one")
}

/// Makes examples from these schemas.
struct Examples(Value);

impl Examples {
    /// The examples that a component is given: one of each member of a union that is written out, and one of what stands by itself.
    fn of_component(&self, name: &str) -> Vec<Value> {
        let member = |union: &&str| self.0[*union]["oneOf"].as_array().is_some_and(|list| list.contains(&json!({"$ref": format!("{SCHEMAS}{name}")})));
        if SINGLE.contains(&name) || UNIONS.iter().any(member) {
            return vec![self.of_schema(name)];
        }
        let written_out = UNIONS.contains(&name).then(|| self.0[name]["oneOf"].as_array()).flatten();
        let members = written_out.into_iter().flatten().filter(|member| member.get("$ref").is_none());
        members.map(|member| self.of(name, "", member)).collect()
    }

    fn of_schema(&self, name: &str) -> Value {
        self.of(name, "", &self.0[name])
    }

    /// An example of the field of a schema, or, without a name of one, of the schema.
    fn of(&self, within: &str, field: &str, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|to| to.strip_prefix(SCHEMAS)) {
            return sample(within, field, &json!({})).unwrap_or_else(|| self.of_schema(name));
        }
        let known = sample(within, field, schema).or_else(|| schema["examples"].get(0).cloned()).or_else(|| schema["enum"].get(0).cloned());
        if let Some(known) = known {
            return known;
        }
        if let Some(members) = ["oneOf", "anyOf"].iter().find_map(|key| schema[key].as_array()) {
            let typical = members.iter().find(|member| *member == &json!({"$ref": format!("{SCHEMAS}{TYPICAL_ERROR}")}));
            return self.of(within, field, typical.unwrap_or(&members[0]));
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.of(within, field, part));
            return parts.filter_map(|part| part.as_object().cloned()).flatten().collect::<Map<_, _>>().into();
        }
        if schema.get("items").is_some() {
            return json!([self.of(within, "", &schema["items"])]);
        }
        match schema.get("properties").and_then(Value::as_object) {
            Some(properties) => self.object(within, schema, properties).into(),
            None if schema.get("additionalProperties").is_some_and(Value::is_object) => {
                json!({"user_456": self.of(within, "", &schema["additionalProperties"])})
            }
            None if schema["type"] == "object" => json!({}),
            None if schema["type"] == "boolean" => false.into(),
            None => Value::Null,
        }
    }

    /// What has to be there, and what else there is a value for.
    fn object(&self, within: &str, schema: &Value, properties: &Map<String, Value>) -> Map<String, Value> {
        let required = |name: &String| schema["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name));
        let told = |name: &String, field: &Value| sample(within, name, field).is_some() || field["examples"].is_array();
        let fields = properties.iter().filter(|(name, field)| required(name) || told(name, field));
        fields.map(|(name, field)| (name.clone(), self.of(within, name, field))).collect()
    }

    /// A stream that says hello, tells one event or line, and is live then.
    fn stream(&self, told: &Value) -> String {
        let frames: Vec<_> = self.of_component("ControlFrame").into_iter().map(|frame| format!("data: {frame}\n\n")).collect();
        format!("retry: {RETRY_MS}\n{}id: {CURSOR}\ndata: {told}\n\n{}", frames[0], frames[1])
    }
}
