//! `templateFiles`: an object by path, or a list; text, or base64.

use super::object::Object;
use crate::domain::files::quoted;
use crate::domain::problem::FieldError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, RefBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Files whose content is named as unreadable at most.
const NAMED_AT_MOST: usize = 20;

/// The files of a start, by path.
#[derive(Debug, Default)]
pub(super) struct TemplateFiles(BTreeMap<String, FileContent>);

/// How a file's content is written.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Encoding {
    /// As it is.
    #[default]
    Utf8,
    /// Base64 with padding.
    Base64,
}

/// A file of the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateFile {
    /// Path from the project's root, with `/`.
    path: String,
    /// The content, as `encoding` says.
    content: String,
    /// How the content is written; utf8 unless said.
    #[serde(default)]
    encoding: Encoding,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    content: String,
    #[serde(default)]
    encoding: Encoding,
}

#[derive(Debug)]
enum FileContent {
    Text(String),
    Encoded(Encoded),
}

impl TemplateFiles {
    /// How many files there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The files' bytes, or every path whose content is not what its encoding says.
    pub fn decode(self) -> Result<BTreeMap<String, Vec<u8>>, Vec<FieldError>> {
        let (mut files, mut errors) = (BTreeMap::new(), Vec::new());
        for (path, content) in self.0 {
            match content.decode() {
                Ok(bytes) => drop(files.insert(path, bytes)),
                Err(_) => errors.push(FieldError::new("templateFiles", format!("{} is not base64", quoted(&path)))),
            }
        }
        errors.truncate(NAMED_AT_MOST);
        if errors.is_empty() { Ok(files) } else { Err(errors) }
    }
}

impl FileContent {
    fn decode(self) -> Result<Vec<u8>, base64::DecodeError> {
        match self {
            Self::Text(content) | Self::Encoded(Encoded { content, encoding: Encoding::Utf8 }) => Ok(content.into_bytes()),
            Self::Encoded(Encoded { content, encoding: Encoding::Base64 }) => STANDARD.decode(content),
        }
    }
}

impl<'de> Deserialize<'de> for TemplateFiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FilesVisitor)
    }
}

struct FilesVisitor;

impl<'de> Visitor<'de> for FilesVisitor {
    type Value = TemplateFiles;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of files by path, or a list of files")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TemplateFiles, A::Error> {
        let mut files = BTreeMap::new();
        while let Some((path, content)) = map.next_entry::<String, FileContent>()? {
            insert(&mut files, path, content)?;
        }
        Ok(TemplateFiles(files))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<TemplateFiles, A::Error> {
        let mut files = BTreeMap::new();
        while let Some(Object(TemplateFile { path, content, encoding })) = list.next_element()? {
            insert(&mut files, path, FileContent::Encoded(Encoded { content, encoding }))?;
        }
        Ok(TemplateFiles(files))
    }
}

fn insert<E: Error>(files: &mut BTreeMap<String, FileContent>, path: String, content: FileContent) -> Result<(), E> {
    if files.contains_key(&path) {
        return Err(E::custom(format_args!("duplicate path {path:?}")));
    }
    files.insert(path, content);
    Ok(())
}

impl<'de> Deserialize<'de> for FileContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContentVisitor;
        impl<'de> Visitor<'de> for ContentVisitor {
            type Value = FileContent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, or {content, encoding}")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FileContent, E> {
                Ok(FileContent::Text(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<FileContent, E> {
                Ok(FileContent::Text(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FileContent, A::Error> {
                Encoded::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(FileContent::Encoded)
            }
        }
        deserializer.deserialize_any(ContentVisitor)
    }
}

impl ToSchema for TemplateFiles {
    fn name() -> std::borrow::Cow<'static, str> {
        "TemplateFiles".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("TemplateFile".into(), TemplateFile::schema()));
        schemas.push(("Encoding".into(), Encoding::schema()));
    }
}

impl PartialSchema for TemplateFiles {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).description(Some("The content, as text."));
        let encoding = RefBuilder::new().ref_location_from_schema_name("Encoding").description(Some("How the content is written; `utf8` unless said."));
        let encoded = ObjectBuilder::new()
            .property("content", text())
            .property("encoding", encoding)
            .required("content")
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let by_path = ObjectBuilder::new()
            .description(Some("Contents by path."))
            .additional_properties(Some(RefOr::T(Schema::from(OneOfBuilder::new().item(text()).item(encoded).build()))));
        let list = ArrayBuilder::new().items(Ref::from_schema_name("TemplateFile"));
        OneOfBuilder::new().description(Some("The project's files; they replace all that it had.")).item(by_path).item(list).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<TemplateFiles, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn both_shapes_mean_the_same_files() {
        let object = read(r#"{"a.txt": "x", "b.bin": {"content": "eA==", "encoding": "base64"}}"#).unwrap().decode().unwrap();
        let list = read(r#"[{"path": "b.bin", "content": "eA==", "encoding": "base64"}, {"path": "a.txt", "content": "x"}]"#).unwrap().decode().unwrap();
        assert_eq!(object, list);
        assert_eq!(object["b.bin"], b"x");
    }

    #[test]
    fn doubled_paths_unknown_fields_and_bad_base64_are_refused() {
        assert!(read(r#"{"a": "1", "a": "2"}"#).unwrap_err().to_string().starts_with("duplicate path"));
        assert!(read(r#"[{"path": "a", "content": "", "mode": 7}]"#).is_err());
        assert!(read(r#"[["a", "", "utf8"]]"#).is_err());
        assert!(read(r#"{"a": 7}"#).is_err() && read("7").is_err());
        assert_eq!(read(r#"{"a": {"content": "?", "encoding": "base64"}}"#).unwrap().decode().unwrap_err().len(), 1);
    }
}
