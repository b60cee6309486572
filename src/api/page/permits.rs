//! What a user who is logged in may ask through the page, and where it names the user: it is theirs, or it is not asked.
//!
//! A signed request may do everything. So only what is listed is signed, and each with its user written in: a request that
//! names another is FORBIDDEN, and what belongs to another is not found, as for everybody.

use super::super::methods::fits;
use crate::domain::problem::{Forbidden, Problem};
use percent_encoding::percent_decode_str;
use poem::http::Method;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Where a request names its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UserIn {
    Query,
    Body,
    /// In the part that the template calls so.
    Path,
}

const USER: &str = "userId";
const USER_PART: &str = "{userId}";
const BELOW: &str = "/v1/";
/// What is a backend's to say of a user's build: who goes before whom.
const NO_USERS: &str = "priority";
const PERMITS: &[(Method, &str, UserIn)] = &[
    (Method::GET, "/v1/builds", UserIn::Query),
    (Method::POST, "/v1/builds", UserIn::Body),
    (Method::GET, "/v1/builds/{id}", UserIn::Query),
    (Method::POST, "/v1/builds/{id}/cancel", UserIn::Body),
    (Method::POST, "/v1/builds/{id}/replay", UserIn::Body),
    (Method::POST, "/v1/replays/{id}/step", UserIn::Body),
    (Method::POST, "/v1/stream-tokens", UserIn::Body),
    (Method::POST, "/v1/estimate", UserIn::Body),
    (Method::POST, "/v1/billing/check-sufficient", UserIn::Body),
    (Method::GET, "/v1/projects/batch", UserIn::Query),
    (Method::GET, "/v1/projects/{id}", UserIn::Query),
    (Method::GET, "/v1/projects/{id}/versions", UserIn::Query),
    (Method::POST, "/v1/projects/{id}/publish/{versionId}", UserIn::Body),
    (Method::POST, "/v1/projects/{id}/unpublish", UserIn::Body),
    (Method::GET, "/v1/versions/{id}/download", UserIn::Query),
    (Method::POST, "/v1/versions/rollback", UserIn::Body),
    (Method::GET, "/v1/analytics/builds", UserIn::Query),
    (Method::GET, "/v1/analytics/usage", UserIn::Query),
    (Method::GET, "/v1/billing/balance/{userId}", UserIn::Path),
    (Method::GET, "/v1/credits/{userId}/ledger", UserIn::Path),
];

/// A request's path with query, and its body, as they are signed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub path_and_query: String,
    pub body: Vec<u8>,
}

/// The request with this user written in. FORBIDDEN where it is not listed or names another.
pub(super) fn name_user(user: &str, method: &Method, path_and_query: &str, body: Vec<u8>) -> Result<Named, Problem> {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let permit = PERMITS.iter().find(|(permitted, template, _)| permitted == method && path.starts_with(BELOW) && fits(template, path));
    let (_, template, place) = permit.ok_or_else(forbidden)?;
    let query = match place {
        UserIn::Query => named_query(user, query)?,
        // what an operation has no use of, it refuses by itself
        UserIn::Body | UserIn::Path => query.to_owned(),
    };
    let body = if *place == UserIn::Body { named_body(user, &body)? } else { body };
    if *place == UserIn::Path && !is_in_path(user, template, path) {
        return Err(forbidden());
    }
    let path_and_query = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    Ok(Named { path_and_query, body })
}

fn named_query(user: &str, query: &str) -> Result<String, Problem> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    if pairs.iter().any(|(name, value)| name == USER && value != user) {
        return Err(forbidden());
    }
    let others = pairs.iter().filter(|(name, _)| name != USER);
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(others).append_pair(USER, user).finish())
}

/// Written anew, so that what is read later is what was judged here, whichever of two fields of one name another would take.
fn named_body(user: &str, body: &[u8]) -> Result<Vec<u8>, Problem> {
    // a body that says nothing is its operation's to judge, and no user's
    let malformed = || Problem::invalid("body", "malformed_json");
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(malformed());
    }
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).map_err(|_| malformed())?;
    if fields.contains_key(NO_USERS) {
        return Err(forbidden());
    }
    let own = serde_json::value::to_raw_value(user).map_err(|_| malformed())?;
    let named = fields.insert(USER.to_owned(), own);
    if named.is_some_and(|named| serde_json::from_str::<String>(named.get()).ok().as_deref() != Some(user)) {
        return Err(forbidden());
    }
    serde_json::to_vec(&fields).map_err(|_| malformed())
}

fn is_in_path(user: &str, template: &str, path: &str) -> bool {
    let named = template.split('/').zip(path.split('/')).find(|(expected, _)| *expected == USER_PART);
    named.is_some_and(|(_, part)| percent_decode_str(part).decode_utf8().is_ok_and(|part| part == user))
}

fn forbidden() -> Problem {
    Forbidden {}.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(method: Method, path: &str, body: &str) -> Result<(String, String), &'static str> {
        let named = name_user("ann", &method, path, body.as_bytes().to_vec()).map_err(|problem| problem.code())?;
        Ok((named.path_and_query, String::from_utf8(named.body).unwrap()))
    }

    #[test]
    fn a_request_gets_its_user() {
        let ok = |path: &str, body: &str| Ok((path.to_owned(), body.to_owned()));
        assert_eq!(named(Method::GET, "/v1/builds", ""), ok("/v1/builds?userId=ann", ""));
        assert_eq!(named(Method::GET, "/v1/builds?userId=ann&limit=5", ""), ok("/v1/builds?limit=5&userId=ann", ""));
        assert_eq!(named(Method::GET, "/v1/projects/p%201?userId=ann&userId=ann", ""), ok("/v1/projects/p%201?userId=ann", ""));
        assert_eq!(named(Method::POST, "/v1/builds", r#"{"name": 1e999}"#), ok("/v1/builds", r#"{"name":1e999,"userId":"ann"}"#));
        assert_eq!(named(Method::POST, "/v1/builds", r#"{"userId": "\u0061nn"}"#), ok("/v1/builds", r#"{"userId":"ann"}"#));
        assert_eq!(named(Method::GET, "/v1/credits/ann/ledger?limit=1", ""), ok("/v1/credits/ann/ledger?limit=1", ""));
        assert_eq!(named(Method::GET, "/v1/credits/%61nn/ledger", ""), ok("/v1/credits/%61nn/ledger", ""));
    }

    #[test]
    fn another_users_is_not_asked() {
        for (method, path, body) in [
            (Method::GET, "/v1/builds?userId=bob", ""),
            (Method::GET, "/v1/builds?userId=ann&userId=bob", ""),
            (Method::GET, "/v1/builds?userId=bob&userId=ann", ""),
            (Method::GET, "/v1/builds?%75serId=bob", ""),
            (Method::GET, "/v1/credits/bob/ledger?userId=ann", ""),
            (Method::GET, "/v1/billing/balance/ann%00", ""),
            (Method::GET, "/v1/billing/balance/ANN", ""),
            (Method::POST, "/v1/builds", r#"{"userId": "bob"}"#),
            (Method::POST, "/v1/builds", r#"{"userId": ["ann"]}"#),
            (Method::POST, "/v1/builds", r#"{"userId": "ann", "userId": "bob"}"#),
            (Method::POST, "/v1/builds", r#"{"userId": null}"#),
            (Method::POST, "/v1/builds", r#"{"priority": 100}"#),
        ] {
            assert_eq!(named(method, path, body), Err("FORBIDDEN"), "{path} {body}");
        }
    }

    #[test]
    fn of_two_users_none_but_the_own_is_passed_on() {
        let twice = named(Method::POST, "/v1/builds", r#"{"userId": "bob", "userId": "ann"}"#);
        assert_eq!(twice, Ok(("/v1/builds".to_owned(), r#"{"userId":"ann"}"#.to_owned())));
        assert_eq!(named(Method::POST, "/v1/builds", r#"["ann"]"#), Err("INVALID_INPUT"));
        assert_eq!(named(Method::POST, "/v1/builds", ""), Err("INVALID_INPUT"));
        assert_eq!(named(Method::POST, "/v1/builds", r#"{"name": "#), Err("INVALID_INPUT"));
    }

    #[test]
    fn what_a_user_may_not_is_not_listed() {
        for (method, path) in [
            (Method::POST, "/v1/builds/batch"),
            (Method::POST, "/v1/page-tokens"),
            (Method::POST, "/v1/billing/credit"),
            (Method::POST, "/v1/credits/reserve"),
            (Method::POST, "/v1/update-project"),
            (Method::DELETE, "/v1/builds"),
            (Method::HEAD, "/v1/builds"),
            (Method::GET, "/v1/builds/"),
            (Method::GET, "//v1/builds"),
            (Method::GET, "/v1/builds/one/../../credits/bob/ledger"),
            (Method::GET, "/v1/metrics"),
        ] {
            assert_eq!(named(method.clone(), path, r#"{"userId": "ann"}"#), Err("FORBIDDEN"), "{method} {path}");
        }
    }
}
