//! Reading a reply: one JSON object with `files`, alone, in a code fence, or with text around it.

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Places at which the object may begin that are tried at most.
const BEGINNINGS_MAX: usize = 1000;

/// One file that a reply writes or removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its path from the project's root.
    pub path: String,
    /// What it is to hold; none removes it.
    pub content: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    files: Edits,
}

struct Edits(Vec<Edit>);

/// A file of the list.
#[derive(Deserialize)]
struct Listed {
    path: String,
    #[serde(flatten)]
    body: Body,
}

/// What an entry says of its file, whichever shape the list has.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    delete: bool,
    #[serde(default)]
    encoding: Option<String>,
}

/// A file by its path: its content, nothing (which removes it), or more words.
#[derive(Deserialize)]
#[serde(untagged)]
enum ByPath {
    Content(String),
    Body(Body),
    Nothing(()),
}

/// What a reply wants done; none when there is no such object in it.
pub fn read_reply(text: &str) -> Option<Vec<Edit>> {
    let mut empty = None;
    for (at, _) in text.match_indices('{').take(BEGINNINGS_MAX) {
        // whatever follows the object is not looked at
        let mut objects = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Reply>();
        match objects.next() {
            Some(Ok(reply)) if reply.files.0.is_empty() => empty = Some(vec![]),
            Some(Ok(reply)) => return Some(reply.files.0),
            _ => {}
        }
    }
    empty
}

impl Body {
    fn edit<E: Error>(self, path: String) -> Result<Edit, E> {
        if self.encoding.is_some_and(|encoding| !["utf8", "utf-8"].contains(&encoding.to_ascii_lowercase().as_str())) {
            return Err(E::custom("content that is not plain text"));
        }
        match (self.content, self.delete) {
            (_, true) => Ok(Edit { path, content: None }),
            (Some(content), false) => Ok(Edit { path, content: Some(content) }),
            (None, false) => Err(E::custom("a file without content")),
        }
    }
}

impl<'de> Deserialize<'de> for Edits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EditsVisitor;
        impl<'de> Visitor<'de> for EditsVisitor {
            type Value = Edits;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("files by path, or a list of them")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Edits, A::Error> {
                let mut edits = Vec::new();
                while let Some(Listed { path, body }) = list.next_element()? {
                    edits.push(body.edit(path)?);
                }
                Ok(Edits(edits))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Edits, A::Error> {
                let mut edits = Vec::new();
                while let Some((path, file)) = map.next_entry::<String, ByPath>()? {
                    edits.push(match file {
                        ByPath::Content(content) => Edit { path, content: Some(content) },
                        ByPath::Body(body) => body.edit(path)?,
                        ByPath::Nothing(()) => Edit { path, content: None },
                    });
                }
                Ok(Edits(edits))
            }
        }
        deserializer.deserialize_any(EditsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(pairs: &[(&str, Option<&str>)]) -> Option<Vec<Edit>> {
        Some(pairs.iter().map(|(path, content)| Edit { path: (*path).into(), content: content.map(str::to_owned) }).collect())
    }

    #[test]
    fn both_shapes_mean_the_same() {
        let list = r#"{"files": [{"path": "a", "content": "1", "language": "text"}, {"path": "b", "delete": true}]}"#;
        let object = r#"{"note": "x", "files": {"a": "1", "b": null}}"#;
        let words = r#"{"files": {"a": {"content": "1"}, "b": {"delete": true}}}"#;
        for text in [list, object, words] {
            assert_eq!(read_reply(text), edits(&[("a", Some("1")), ("b", None)]), "{text}");
        }
    }

    #[test]
    fn fences_and_text_around_are_no_trouble() {
        let json = r#"{"files": {"README.md": "```js\nx\n``` and {\"files\": {}}"}}"#;
        for text in [
            json.to_owned(),
            format!("```json\n{json}\n```"),
            format!("Here {{as asked}} it is:\n\n```\n{json}\n```\nDone. {{}}"),
            format!("{{\"files\": []}} was an example.\n{json}"),
            format!("{{\"result\": {json}}}"),
        ] {
            assert_eq!(read_reply(&text), edits(&[("README.md", Some("```js\nx\n``` and {\"files\": {}}"))]), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        for text in [
            "",
            "no",
            "{",
            r#"{"files": "a"}"#,
            r#"{"files": [{"path": "a"}]}"#,
            r#"{"files": [{"content": "a"}]}"#,
            r#"{"files": [{"path": "a", "content": "eA==", "encoding": "base64"}]}"#,
            r#"{"files": {"a": 7}}"#,
            r#"{"files": {"a": "1""#,
            &"{".repeat(5000),
        ] {
            assert_eq!(read_reply(text), None, "{}", &text[..text.len().min(60)]);
        }
        assert_eq!(read_reply(r#"{"files": []}"#), Some(vec![]));
    }
}
