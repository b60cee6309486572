//! Whom a request names: the users in its body or its query, for limits and idempotency keys.

use poem::Request;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::fmt;

/// The users that a signed request names; a copy stands in its extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The `userId` of the body itself, else of the query.
    pub user: Option<String>,
    /// Each user that it names, those of a batch's starts included.
    pub all: BTreeSet<String>,
    /// The `idempotencyKey` of the body, which some operations take as the header.
    pub key: Option<String>,
}

/// As much of an object as is of interest here, each field as it was written: one that is odd does not hide the others. What
/// is odd about them, their handler says.
#[derive(Debug, Default)]
struct Fields<'a> {
    user_id: Option<&'a RawValue>,
    idempotency_key: Option<&'a RawValue>,
    builds: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    UserId,
    IdempotencyKey,
    Builds,
    #[serde(other)]
    Other,
}

/// Reads an object's fields; of one that is there twice, the first.
struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(field) = map.next_key()? {
            let place = match field {
                Field::UserId => &mut fields.user_id,
                Field::IdempotencyKey => &mut fields.idempotency_key,
                Field::Builds => &mut fields.builds,
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let raw = map.next_value()?;
            place.get_or_insert(raw);
        }
        Ok(fields)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl Fields<'_> {
    fn user(&self) -> Option<String> {
        text(self.user_id)
    }

    /// The users of a batch's starts.
    fn users_of_builds(&self) -> Vec<String> {
        let starts: Vec<&RawValue> = self.builds.and_then(|builds| serde_json::from_str(builds.get()).ok()).unwrap_or_default();
        starts.into_iter().filter_map(|start| serde_json::from_str::<Fields<'_>>(start.get()).ok()?.user()).collect()
    }
}

/// The text that a field holds, where it is one.
fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

impl Named {
    /// What a request with this body names.
    pub fn of(request: &Request, body: &[u8]) -> Self {
        let read: Fields<'_> = serde_json::from_slice(body).unwrap_or_default();
        let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let user = read.user().or_else(|| query.into_owned().find_map(|(name, value)| (name == "userId").then_some(value)));
        let all = user.iter().cloned().chain(read.users_of_builds()).collect();
        Self { user, all, key: text(read.idempotency_key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str, body: &str) -> Named {
        Named::of(&Request::builder().uri(path.parse().unwrap()).finish(), body.as_bytes())
    }

    #[test]
    fn the_body_names_users_before_the_query_does() {
        assert_eq!(named("/v1/builds?userId=q", "").user.as_deref(), Some("q"));
        assert_eq!(named("/v1/builds?userId=q", r#"{"userId": "b", "other": [{}]}"#).user.as_deref(), Some("b"));
        let batch = named("/v1/builds/batch", r#"{"builds": [{"userId": "a"}, {}, {"userId": "b"}, {"userId": "a"}]}"#);
        assert_eq!((batch.user, batch.all.len()), (None, 2));
        assert_eq!(named("/v1/builds", "{"), Named::default());
    }

    #[test]
    fn a_field_that_is_odd_does_not_hide_the_others() {
        let all = |body: &str| {
            let named = named("/v1/stream-tokens", body);
            (named.user, named.key, named.all.into_iter().collect::<Vec<_>>())
        };
        let both = (Some("u".to_owned()), Some("k".to_owned()), vec!["u".to_owned()]);
        for builds in [r#"["b1", "b2"]"#, "1", "null", r#"{"userId": "v"}"#, r#"[["v"], {"userId": 1}]"#] {
            assert_eq!(all(&format!(r#"{{"builds": {builds}, "userId": "u", "idempotencyKey": "k"}}"#)), both, "{builds}");
        }
        for odd in ["1", "null", "[\"k\"]"] {
            assert_eq!(all(&format!(r#"{{"idempotencyKey": {odd}, "userId": "u"}}"#)), (both.0.clone(), None, both.2.clone()), "{odd}");
            let batch = format!(r#"{{"userId": {odd}, "idempotencyKey": "k", "builds": [1, {{"userId": {odd}}}, {{"userId": "u"}}]}}"#);
            assert_eq!(all(&batch), (None, both.1.clone(), both.2.clone()), "{odd}");
        }
        assert_eq!(all(r#"{"userId": "u", "userId": "v", "idempotencyKey": "k", "builds": [], "builds": 1}"#), both);
        assert_eq!(named("/v1/builds", r#"["u", "k"]"#), Named::default());
    }
}
