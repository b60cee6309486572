//! The schema of an event: a union with a discriminator on `code`, each member with its own params.

use super::payload::CodeInfo;
use super::table::CODES;
use super::vocabulary::{EventType, Phase, RollbackPhase};
use crate::domain::schema::{integer, number, text, typed, word};
use utoipa::openapi::schema::{AdditionalProperties, Discriminator, ObjectBuilder, OneOfBuilder, RefBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Any event of any stream; only a schema, since events are kept as their JSON.
#[derive(Debug)]
pub struct BuildEvent;

impl ToSchema for BuildEvent {
    fn name() -> std::borrow::Cow<'static, str> {
        "BuildEvent".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for info in CODES {
            schemas.push((params_name(info), params_schema(info)));
            schemas.push((event_name(info), event_schema(info)));
        }
        schemas.push(("EventType".into(), EventType::schema()));
        schemas.push(("Phase".into(), Phase::schema()));
        schemas.push(("RollbackPhase".into(), RollbackPhase::schema()));
    }
}

impl PartialSchema for BuildEvent {
    fn schema() -> RefOr<Schema> {
        let mut union = OneOfBuilder::new().description(Some("An event: narrow on `code` to know its params."));
        let mut discriminator = Discriminator::new("code");
        for info in CODES {
            union = union.item(Ref::from_schema_name(event_name(info)));
            discriminator.mapping.insert(info.code.into(), format!("#/components/schemas/{}", event_name(info)));
        }
        union.discriminator(Some(discriminator)).into()
    }
}

fn params_name(info: &CodeInfo) -> String {
    format!("{}Params", info.name)
}

fn event_name(info: &CodeInfo) -> String {
    format!("{}Event", info.name)
}

fn params_schema(info: &CodeInfo) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut own)) = (info.params)() else { unreachable!("params are structs with named fields") };
    let common = [("timestamp", integer("When it happened, epoch milliseconds.")), ("projectId", text("The project."))];
    for (name, schema) in common {
        own.properties.insert(name.into(), schema.into());
        own.required.insert(0, name.into());
    }
    own.description = Some(format!("Params of the event `{}`.", info.code));
    own.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    Schema::Object(own).into()
}

fn event_schema(info: &CodeInfo) -> RefOr<Schema> {
    let phase: RefOr<Schema> = match info.place.phase {
        Some(phase) => word("Always this phase.", phase.word()).into(),
        None => described("Phase".into(), "The phase that it ended in.").into(),
    };
    let mut finished = typed(Type::Boolean, "True on exactly one event, the last.");
    finished.enum_values = Some(vec![info.place.finished.into()]);
    let mut progress = number("From 0 to 1; never falls within a build.");
    progress.examples = vec![info.place.progress.0.into()];
    let event_type = serde_json::to_value(info.place.event_type).expect("a word");
    let required: [(&str, RefOr<Schema>); 11] = [
        ("id", text("Unique for ever.").into()),
        ("seq", integer("Place in the build's stream, from 1, without gaps.").into()),
        ("build_id", text("The build, or for ROLLBACK_ codes the rollback's job.").into()),
        ("project_id", text("The project.").into()),
        ("project_seq", integer("Place in the project's stream, from 1, without gaps.").into()),
        ("event_type", word("Always this type.", event_type.as_str().unwrap_or_default()).into()),
        ("phase", phase),
        ("code", word("The discriminator.", info.code).into()),
        ("params", described(params_name(info), "The code's params: raw values.").into()),
        ("overall_progress", progress.into()),
        ("finished", finished.into()),
    ];
    let mut event = ObjectBuilder::new().description(Some(info.description)).additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for (name, schema) in required {
        event = event.property(name, schema).required(name);
    }
    let event = event.property("preview_url", text("Where the preview is.")).property("duration_seconds", number("Seconds of the step that ended."));
    Schema::Object(event.build()).into()
}

fn described(schema: String, description: &str) -> Ref {
    RefBuilder::new().ref_location_from_schema_name(schema).description(Some(description)).build()
}
