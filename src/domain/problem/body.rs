//! The body of every error, and its schema: a union, each member with its own `code` and params.
//! It names no discriminator: generators take one for the name of a schema where frames hold the body beside their own `type`.

use super::{AuthReason, FieldError, PROBLEMS, ProblemInfo};
use crate::domain::event::{Phase, RollbackPhase};
use crate::domain::price_list::Package;
use crate::domain::schema::{integer, text, word};
use serde::Serialize;
use std::borrow::Cow;
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, OneOfBuilder, RefBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The body of every error.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// The code, once more, for clients of the former worker.
    pub error: String,
    /// The code to act on.
    pub code: String,
    /// What to tell a person, in the negotiated locale.
    pub message: String,
    /// The code's params: raw values.
    pub params: serde_json::Value,
    /// More of it for some codes, such as a recommendation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
    /// The server's time as ISO 8601, on AUTH_FAILED, to show clock skew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_time: Option<String>,
    /// The request's id.
    pub request_id: String,
    /// The id that ties requests of one action together.
    pub correlation_id: String,
    /// The id to quote to support: the log line has it too.
    pub reference_id: String,
    /// When it happened, ISO 8601.
    pub timestamp: String,
}

impl ToSchema for ErrorBody {
    fn name() -> Cow<'static, str> {
        "ErrorBody".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for info in PROBLEMS {
            schemas.push((params_name(info), params_schema(info)));
            schemas.push((info.schema_name(), error_schema(info)));
        }
        schemas.push((AuthReason::name().into(), AuthReason::schema()));
        schemas.push((FieldError::name().into(), FieldError::schema()));
        schemas.push((Package::name().into(), Package::schema()));
        schemas.push((Phase::name().into(), Phase::schema()));
        schemas.push((RollbackPhase::name().into(), RollbackPhase::schema()));
    }
}

impl PartialSchema for ErrorBody {
    fn schema() -> RefOr<Schema> {
        let mut union = OneOfBuilder::new().description(Some("The body of every error: narrow on `code` to know its params."));
        for info in PROBLEMS {
            union = union.item(Ref::from_schema_name(info.schema_name()));
        }
        union.into()
    }
}

impl ProblemInfo {
    /// The name of the body with this code in the document.
    pub fn schema_name(&self) -> String {
        format!("{}Error", self.name.trim_end_matches("Error"))
    }
}

fn params_name(info: &ProblemInfo) -> String {
    format!("{}Params", info.name)
}

fn params_schema(info: &ProblemInfo) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut own)) = (info.params)() else { unreachable!("params are structs with named fields") };
    own.description = Some(format!("Params of the error `{}`.", info.code));
    own.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    Schema::Object(own).into()
}

/// Open, since control frames and problem details have members of their own beside these.
fn error_schema(info: &ProblemInfo) -> RefOr<Schema> {
    let params = RefBuilder::new().ref_location_from_schema_name(params_name(info)).description(Some("The code's params: raw values.")).build();
    let required: [(&str, RefOr<Schema>); 8] = [
        ("error", word("The code, once more, for clients of the former worker.", info.code).into()),
        ("code", word("The code to act on.", info.code).into()),
        ("message", text("What to tell a person, in the negotiated locale.").into()),
        ("params", params.into()),
        ("requestId", text("The request's id.").into()),
        ("correlationId", text("The id that ties requests of one action together.").into()),
        ("referenceId", text("The id to quote to support: the log line has it too.").into()),
        ("timestamp", text("When it happened, ISO 8601.").into()),
    ];
    let mut body = ObjectBuilder::new().description(Some(info.description.trim()));
    for (name, schema) in required {
        body = body.property(name, schema).required(name);
    }
    if let Some(data) = data_schema(info.code) {
        body = body.property("data", data);
    }
    if info.code == "AUTH_FAILED" {
        body = body.property("serverTime", text("The server's time, ISO 8601, to show clock skew."));
    }
    Schema::Object(body.build()).into()
}

/// What a few codes tell beside their params.
fn data_schema(code: &str) -> Option<Object> {
    let object = |description: &str| ObjectBuilder::new().schema_type(SchemaType::new(Type::Object)).description(Some(description));
    match code {
        "INSUFFICIENT_CREDITS" => {
            let package = OneOfBuilder::new()
                .description(Some("The package that covers what is missing; null where nothing is sold."))
                .item(Ref::from_schema_name(Package::name()))
                .item(ObjectBuilder::new().schema_type(SchemaType::new(Type::Null)));
            let credits = [("required", integer("Credits that it takes.")), ("available", integer("Credits that can be spent."))];
            let data = credits.into_iter().fold(object("What to buy."), |data, (name, schema)| data.property(name, schema).required(name));
            Some(data.property("recommendation", package).required("recommendation").build())
        }
        "RATE_LIMITED" => {
            let used = integer("Requests of the window, this one included.");
            Some(object("What was used.").property("used", used).required("used").build())
        }
        _ => None,
    }
}
