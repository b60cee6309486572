//! Projects to build.

use serde_json::{Value, json};

/// A static site's start.
pub fn site(user: &str) -> Value {
    json!({"userId": user, "name": "A site", "templateFiles": {
        "index.html": "<!doctype html><html lang=en><title>t</title><meta name=viewport content=x><h1>hello</h1>",
        "style.css": "body { color: teal }\n".repeat(100),
    }})
}

/// The start of a project whose `build` script is this shell command. It needs no packages.
pub fn scripted(user: &str, command: &str) -> Value {
    let manifest = json!({"name": "scripted", "scripts": {"build": command}});
    json!({"userId": user, "templateFiles": {"package.json": manifest.to_string()}})
}

/// One that builds for about so many seconds.
pub fn slow(user: &str, seconds: f64) -> Value {
    scripted(user, &format!("sleep {seconds} && mkdir dist && echo done > dist/index.html"))
}
