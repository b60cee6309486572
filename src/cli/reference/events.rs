//! docs/events.md: every event code with its place, params, English message and an example.

use super::params::{cell, table};
use super::{Unmade, frames, object};
use crate::api::document::{Version, committed};
use crate::domain::catalogue::message;
use crate::domain::event::{CODES, CodeInfo, EventType, Phase, RollbackPhase};
use crate::domain::example::{event_of, params_of};
use serde_json::Value;
use std::fmt::Write;
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

const HEAD: &str = "# Events

Made from the code; `make generate` writes it. Every event of every stream, as clients get it: over server-sent events, over
the [WebSocket](websocket.md), and page by page as JSON. How a page follows them is in [front-end.md](front-end.md); what may
change without notice in [api-changes.md](api-changes.md). Errors of requests have [codes of their own](error-codes.md).

An event is what happened, never what to say about it: `code` and `params` are the same in every locale. Texts for people are
made from them by the messages in `locales/`, whose ids are the codes. Show an unknown code as nothing, or as its progress:
a later server may have more.
";

const PARAMS: &str = "
Params hold numbers, text and booleans only, and never a text for people. Every code's have `timestamp` (integer, epoch ms,
when it happened) and `projectId` (string). A param that is not always there is left out, and never null.
";

const CODES_HEAD: &str = "
## Codes

`progress` is the value of `overall_progress`, which never falls within a build: a second attempt and a failed end leave it
where it was. Where it is a span, `step` of `total` moves through it. `preview_url` and `duration_seconds` repeat a param for
readers that know none.

| code | phase | event_type | progress | last | beside `params` |
| --- | --- | --- | --- | --- | --- |
";

/// The page.
pub(super) fn page() -> Result<String, Unmade> {
    let document: Value = serde_json::from_str(&committed(Version::V31))?;
    let mut text = format!("{HEAD}\n## An event\n\n{}{PARAMS}{}{CODES_HEAD}", frames::fields(&document, "BuildFailedEvent"), words());
    for info in CODES {
        let _ = writeln!(text, "{}", row(info)?);
    }
    for info in CODES {
        text.push_str(&section(info)?);
    }
    text.push_str(&frames::sections(&document));
    Ok(text)
}

/// The closed sets of words.
fn words() -> String {
    let set = |name: &str, schema: RefOr<Schema>| {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        let words: Vec<_> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        format!("| {name} | {} | {} |\n", words.join(", "), cell(schema["description"].as_str().unwrap_or_default()))
    };
    let sets = [set("EventType", EventType::schema()), set("Phase", Phase::schema()), set("RollbackPhase", RollbackPhase::schema())];
    format!("\n### Words\n\n| type | words | what it is |\n| --- | --- | --- |\n{}", sets.concat())
}

fn phase(info: &CodeInfo) -> &'static str {
    info.place.phase.map_or("that of the step that ended", Phase::word)
}

fn event_type(info: &CodeInfo) -> String {
    serde_json::to_value(info.place.event_type).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

fn progress(info: &CodeInfo) -> String {
    match info.place.progress {
        (0.0, 0.0) if info.place.finished => "as before".into(),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from} to {to}"),
    }
}

/// A code's line in the list of all.
fn row(info: &CodeInfo) -> Result<String, Unmade> {
    let example: Value = serde_json::from_str(&event_of(info)?.body)?;
    let beside: Vec<_> = ["preview_url", "duration_seconds"].into_iter().filter(|name| example.get(name).is_some()).map(|name| format!("`{name}`")).collect();
    let (code, anchor, last) = (info.code, info.code.to_lowercase(), if info.place.finished { "yes" } else { "" });
    Ok(format!("| [{code}](#{anchor}) | {} | {} | {} | {last} | {} |", phase(info), event_type(info), progress(info), beside.join(", ")))
}

/// All about a code.
fn section(info: &CodeInfo) -> Result<String, Unmade> {
    let event = event_of(info)?;
    let example: Value = serde_json::from_str(&event.body)?;
    let params = table(&params_of(info.code, info.params), "No params of its own.");
    let last = if info.place.finished { " It is its stream's last event." } else { "" };
    Ok(format!(
        "\n### {}\n\n{}{last} In English, of the example: \u{201c}{}\u{201d}\n\n{params}\n```json\n{}\n```\n",
        info.code,
        info.description,
        message("en", info.code, &example["params"]),
        object::spread(&event.body)?,
    ))
}
