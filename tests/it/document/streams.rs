//! The document for validators: as the other, but for streams.

use super::{committed, operations, read};
use serde_json::{Value, json};

const STREAM: &str = "text/event-stream";

#[test]
fn in_3_2_a_stream_says_what_each_event_is_and_all_else_is_as_in_3_1() {
    let (mut generators, mut validators) = (committed(), read("openapi/openapi-3.2.json"));
    assert_eq!((&generators["openapi"], &validators["openapi"]), (&json!("3.1.0"), &json!("3.2.0")));
    for frame in ["BuildEventFrame", "LogLineFrame"] {
        let frame = validators["components"]["schemas"].as_object_mut().unwrap().remove(frame).unwrap();
        let data = &frame["properties"]["data"];
        assert_eq!((&frame["required"], &data["contentMediaType"]), (&json!(["data"]), &json!("application/json")));
        assert_eq!(data["contentSchema"]["oneOf"][1]["$ref"], "#/components/schemas/ControlFrame");
    }
    let streams = operations(&validators).into_iter().filter_map(|(name, _, path, operation)| {
        let stream = operation["responses"]["200"]["content"].get(STREAM)?;
        Some((name.to_owned(), path.to_owned(), stream["itemSchema"]["$ref"].as_str()?.to_owned()))
    });
    let streams: Vec<_> = streams.collect();
    assert_eq!(streams.len(), 6, "{streams:?}");
    for (name, path, frame) in streams {
        assert!(frame.ends_with(if name.contains("Logs") { "LogLineFrame" } else { "BuildEventFrame" }), "{name}");
        for document in [&mut generators, &mut validators] {
            document["paths"][&path]["get"]["responses"]["200"]["content"].as_object_mut().unwrap().remove(STREAM).unwrap();
        }
    }
    (generators["openapi"], validators["openapi"]) = (Value::Null, Value::Null);
    assert!(generators == validators);
}

#[test]
fn frames_of_the_socket_and_of_streams_have_an_example_each() {
    let schemas = &committed()["components"]["schemas"];
    for (union, words) in [("ClientFrame", 4), ("ServerFrame", 10), ("ControlFrame", 4)] {
        let kinds: Vec<_> = schemas[union]["examples"].as_array().unwrap().iter().map(|frame| &frame["type"]).collect();
        assert_eq!(kinds.len(), words, "{union}: {kinds:?}");
        assert!(kinds.iter().all(|kind| kind.is_string()));
    }
    assert_eq!(schemas["LogLine"]["examples"][0]["stream"], "stdout");
}
