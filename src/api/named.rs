//! Whom a request names: the users in its body or its query, for limits and idempotency keys.

use poem::Request;
use serde::Deserialize;
use std::collections::BTreeSet;

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

/// As much of a body as is of interest here. What is odd about the rest, its handler says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    user_id: Option<String>,
    idempotency_key: Option<String>,
    builds: Vec<Start>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Start {
    user_id: Option<String>,
}

impl Named {
    /// What a request with this body names.
    pub fn of(request: &Request, body: &[u8]) -> Self {
        let read: Body = serde_json::from_slice(body).unwrap_or_default();
        let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let user = read.user_id.or_else(|| query.into_owned().find_map(|(name, value)| (name == "userId").then_some(value)));
        let all = user.iter().cloned().chain(read.builds.into_iter().filter_map(|start| start.user_id)).collect();
        Self { user, all, key: read.idempotency_key }
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
}
