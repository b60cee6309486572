//! The frames of a WebSocket's client: what is accepted says what plain JSON says, and no more.

#![no_main]

use buildcast::api::client_frame;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Some((kind, fields)) = client_frame(text) else { return };
    let object = serde_json::from_str::<Value>(text).expect("an accepted frame is JSON");
    let object = object.as_object().expect("an accepted frame is an object");
    assert_eq!(object["type"], kind);
    for (name, value) in &fields {
        assert_eq!(object[*name], value.as_str(), "{name}");
    }
    // what a frame does not have is not there, or null
    let said = object.iter().filter(|(name, value)| *name != "type" && !value.is_null());
    assert_eq!(said.count(), fields.len());
    let known: &[&str] = match kind {
        "subscribe" => &["type", "stream", "cursor", "token"],
        "unsubscribe" => &["type", "stream"],
        "set_locale" => &["type", "locale"],
        _ => &["type"],
    };
    assert!(object.keys().all(|name| known.contains(&name.as_str())), "{text}");
});
