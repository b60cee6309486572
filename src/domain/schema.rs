//! Parts of schemas that are written out by hand: what a derive can't say.

use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

/// A field of a type, with what it says.
pub(super) fn typed(of: Type, description: &str) -> Object {
    ObjectBuilder::new().schema_type(SchemaType::new(of)).description(Some(description)).build()
}

/// Text.
pub(super) fn text(description: &str) -> Object {
    typed(Type::String, description)
}

/// A whole number.
pub(super) fn integer(description: &str) -> Object {
    let mut schema = typed(Type::Integer, description);
    schema.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
    schema
}

/// A number.
pub(super) fn number(description: &str) -> Object {
    typed(Type::Number, description)
}

/// One word, and no other.
pub(super) fn word(description: &str, only: &str) -> Object {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).enum_values(Some([only])).description(Some(description)).build()
}
