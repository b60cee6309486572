//! The document in 3.2: as in 3.1, but that a stream says what each of its events is.

use super::samples::CURSOR;
use super::{lift, model};
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{OpenApi, OpenApiVersion, Ref, RefOr, Schema};

/// The media type of a stream.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

const EVENT: &str = "BuildEvent";
/// The event that a stream begins with.
const FIRST_EVENT: &str = "BuildQueuedEvent";

/// What a stream carries: the schema of a page of its past, that of what is on the page, and the name of its events.
const STREAMS: &[(&str, &str, &str)] = &[("HistoryPage", EVENT, "BuildEventFrame"), ("LogPage", "LogLine", "LogLineFrame")];

/// The document in 3.2 of one in 3.1.
pub(super) fn of(document: &Value) -> Value {
    let mut model: OpenApi = model(document);
    model.openapi = OpenApiVersion::Version32;
    for response in streams(&mut model) {
        let page = response.content.get("application/json").map(|page| json!(page)["schema"]["$ref"].to_string()).unwrap_or_default();
        let frame = STREAMS.iter().find(|(name, _, _)| page.contains(name)).map(|(_, _, frame)| *frame);
        let (Some(frame), Some(RefOr::T(content))) = (frame, response.content.get_mut(EVENT_STREAM)) else { continue };
        (content.schema, content.example) = (None, None);
        content.item_schema = Some(Ref::from_schema_name(frame).into());
    }
    let components = model.components.get_or_insert_default();
    for (_, carried, frame) in STREAMS {
        let examples = |name: &str| document["components"]["schemas"][name]["examples"].as_array().cloned().unwrap_or_default();
        let first = if *carried == EVENT { examples(FIRST_EVENT) } else { examples(carried) };
        components.schemas.insert((*frame).into(), frame_schema(carried, &first, &examples("ControlFrame")));
    }
    lift::sorted(serde_json::to_value(model).expect("a document is JSON"))
}

/// The answers that are streams.
fn streams(model: &mut OpenApi) -> impl Iterator<Item = &mut utoipa::openapi::Response> {
    let operations = model.paths.paths.values_mut().filter_map(|item| item.get.as_mut());
    let responses = operations.flat_map(|operation| operation.responses.responses.values_mut());
    responses.filter_map(|response| match response {
        RefOr::T(response) if response.content.contains_key(EVENT_STREAM) => Some(response),
        _ => None,
    })
}

/// An event of a stream as its reader gets it, with what it carries or a control frame in `data`.
fn frame_schema(carried: &str, told: &[Value], control: &[Value]) -> RefOr<Schema> {
    let examples = told.iter().map(|told| json!({"id": CURSOR, "data": told.to_string()}));
    let examples: Vec<_> = examples.chain(control.iter().map(|control| json!({"data": control.to_string()}))).collect();
    let text = |description: &str| ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).description(Some(description));
    let told = OneOfBuilder::new().item(Ref::from_schema_name(carried)).item(Ref::from_schema_name("ControlFrame"));
    let data = text("One line of JSON.").content_media_type("application/json").content_schema(Some(told));
    let retry = ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).minimum(Some(0)).description(Some("Milliseconds to wait before coming back."));
    let frame = ObjectBuilder::new()
        .description(Some("A server-sent event. A control frame has no `id`, so that it never moves the cursor; none has an `event`."))
        .property("id", text("The cursor."))
        .property("event", text("Never there: all events are messages."))
        .property("data", data)
        .required("data")
        .property("retry", retry)
        .examples(examples);
    Schema::Object(frame.build()).into()
}
