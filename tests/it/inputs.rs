//! Whatever a request says that can't be: it is refused by name, all of it at once where it can be read, and never by a
//! fault of the server.

use super::support::client::answer;
use super::support::{Kind, TestServer, on_both};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Every operation of the document: method, path, and the names of its query's parameters.
fn operations() -> Vec<(Method, String, Vec<String>)> {
    let document: Value = serde_json::from_str(include_str!("../../openapi/openapi.json")).unwrap();
    let mut operations = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
            let names = parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
            operations.push((method.to_uppercase().parse().unwrap(), path.clone(), names));
        }
    }
    assert!(operations.len() > 20);
    operations
}

/// A path with this in place of its parameters.
fn filled(path: &str, with: &str) -> String {
    let fill = |part: &str| if part.starts_with('{') { with.to_owned() } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

fn body_of(method: &Method) -> &'static str {
    if *method == Method::GET || *method == Method::HEAD { "" } else { "{}" }
}

#[tokio::test]
async fn a_body_with_everything_wrong_has_every_field_named() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let deep = serde_json::from_str::<Value>(&format!("{}{}", r#"{"a":"#.repeat(9) + "1", "}".repeat(9))).unwrap();
    let start = json!({
        "userId": "a b", "projectId": "../x", "name": "a\u{0}", "templateZip": "?", "prompt": " ", "framework": "cobol", "metadata": deep,
        "priority": 1000, "delaySeconds": -1,
    });
    let of_start = ["delaySeconds", "framework", "metadata", "name", "priority", "projectId", "prompt", "templateZip", "userId"];
    // files are judged with everything else, before the project is looked for
    let mut with_files = start.clone();
    with_files.as_object_mut().unwrap().remove("templateZip");
    with_files["templateFiles"] = json!({"../x": "a", "a": "1", "A": "2"});
    let of_files = of_start.map(|field| if field == "templateZip" { "templateFiles" } else { field });
    let files_in_batch: Vec<String> = of_files.iter().map(|field| format!("builds[0].{field}")).chain(["builds[1].templateFiles".into()]).collect();
    let empty = json!({"userId": "u", "projectId": "nobodys", "templateFiles": {}});
    let in_batch: Vec<String> = (0..2).flat_map(|index| of_start.map(|field| format!("builds[{index}].{field}"))).collect();
    let change = json!({"userId": "", "comment": "a\u{0}"});
    let cases: Vec<(Method, &str, Value, Vec<&str>)> = vec![
        (Method::POST, "/v1/builds", start.clone(), of_start.to_vec()),
        (Method::POST, "/v1/builds", with_files.clone(), of_files.to_vec()),
        (Method::POST, "/v1/builds", json!({"userId": "u", "name": "", "templateZip": "AAAA"}), vec!["name", "templateZip"]),
        (Method::POST, "/v1/builds/batch", json!({"builds": [with_files, empty]}), files_in_batch.iter().map(String::as_str).collect()),
        (Method::POST, "/v1/create-preview-for-new-project", start.clone(), of_start.to_vec()),
        (Method::POST, "/v1/update-project", start.clone(), of_start.to_vec()),
        (Method::POST, "/v1/builds/batch", json!({"builds": [start.clone(), start]}), in_batch.iter().map(String::as_str).collect()),
        (Method::POST, "/v1/builds/some/cancel", json!({"userId": "\u{e9}", "reason": "x".repeat(201)}), vec!["reason", "userId"]),
        (Method::POST, "/v1/projects/some/publish/other", change.clone(), vec!["comment", "userId"]),
        (Method::POST, "/projects/some/publish/other", change.clone(), vec!["comment", "userId"]),
        (Method::POST, "/v1/projects/some/unpublish", change.clone(), vec!["comment", "userId"]),
        (Method::POST, "/projects/some/unpublish", change, vec!["comment", "userId"]),
        (
            Method::POST,
            "/v1/versions/rollback",
            json!({"userId": "a\u{0}", "projectId": "", "targetVersionId": "a/b"}),
            vec!["projectId", "targetVersionId", "userId"],
        ),
        (Method::PATCH, "/v1/versions/some", json!({"userId": " ", "name": "", "description": "x".repeat(2001)}), vec!["description", "name", "userId"]),
        (
            Method::POST,
            "/v1/stream-tokens",
            json!({"userId": "", "builds": ["a b"], "projects": ["\u{0}"], "ttlSeconds": 0}),
            vec!["builds", "projects", "ttlSeconds", "userId"],
        ),
    ];
    for (method, path, body, expected) in cases {
        let (status, error) = answer(server.client.signed(method, path, body.to_string()).send().await.unwrap()).await;
        let named: BTreeSet<&str> = error["params"]["errors"].as_array().into_iter().flatten().map(|e| e["field"].as_str().unwrap()).collect();
        let expected: BTreeSet<&str> = expected.into_iter().collect();
        assert_eq!((status.as_u16(), named), (422, expected), "{path}: {error}");
    }
}

#[tokio::test]
async fn no_operation_takes_a_parameter_that_it_does_not_have_or_one_twice() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    for (method, path, names) in operations() {
        let path = filled(&path, "some");
        let mut cases = vec![(format!("{path}?nope=1"), "nope", "unknown_field"), (format!("{path}?locale=de&locale=ar"), "locale", "duplicate")];
        cases.extend(names.first().map(|name| (format!("{path}?{name}=1&{name}=1"), name.as_str(), "duplicate")));
        for (path, field, reason) in cases {
            let response = server.client.signed(method.clone(), &path, body_of(&method)).send().await.unwrap();
            if method == Method::HEAD {
                assert_eq!(response.status().as_u16(), 400, "HEAD {path}");
                continue;
            }
            let (status, error) = answer(response).await;
            assert_eq!((status.as_u16(), &error["params"]), (400, &json!({"field": field, "reason": reason})), "{method} {path}: {error}");
        }
    }
    let socket = answer(server.client.bare(Method::GET, "/v1/ws?nope=1").send().await.unwrap()).await;
    assert_eq!(socket.1["params"], json!({"field": "nope", "reason": "unknown_field"}));
}

#[tokio::test]
async fn paths_and_queries_have_their_lengths() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let many: Vec<String> = (0..40).map(|n| format!("p{n}=1")).collect();
    let cases = [
        (format!("/v1/builds/{}", "a".repeat(5000)), 400, "path"),
        (format!("/v1/builds?userId={}", "a".repeat(21_000)), 400, "query"),
        (format!("/v1/builds?{}", many.join("&")), 400, "p0"),
        (format!("/v1/builds/{}", "a".repeat(65)), 404, ""),
        (format!("/v1/builds?userId={}", "a".repeat(129)), 400, "userId"),
        ("/v1/builds?limit=201".to_owned(), 400, "limit"),
        ("/v1/builds?limit=1.5".to_owned(), 400, "limit"),
        ("/v1/builds?limit=99999999999999999999".to_owned(), 400, "limit"),
        ("/v1/builds?limit=-1".to_owned(), 400, "limit"),
    ];
    for (path, expected, field) in cases {
        let (status, error) = server.client.get(&path).await;
        assert_eq!(status.as_u16(), expected, "{path:.60}: {error}");
        if !field.is_empty() {
            assert_eq!(error["params"]["field"], field, "{path:.60}: {error}");
        }
        assert!(error.to_string().len() < 1000);
    }
    // the head as a whole is the connection's limit
    let response = server.client.bare(Method::GET, "/healthz").header("x-large", "a".repeat(70_000)).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 431);
}

#[tokio::test]
async fn json_that_says_something_else_is_refused_by_the_field_that_does() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let token = |fields: &str| format!(r#"{{"userId": "u", "builds": ["b"]{fields}}}"#);
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("/v1/stream-tokens", token(r#", "ttlSeconds": 1.0"#), "ttlSeconds", "wrong_type"),
        ("/v1/stream-tokens", token(r#", "ttlSeconds": 1e3"#), "ttlSeconds", "wrong_type"),
        ("/v1/stream-tokens", token(r#", "ttlSeconds": 99999999999999999999"#), "ttlSeconds", "wrong_type"),
        ("/v1/stream-tokens", token(r#", "ttlSeconds": 1e999"#), "body", "malformed_json"),
        ("/v1/stream-tokens", token(r#", "ttlSeconds": "60""#), "ttlSeconds", "wrong_type"),
        ("/v1/stream-tokens", token(r#", "ttlSeconds": [60]"#), "ttlSeconds", "wrong_type"),
        ("/v1/stream-tokens", token(r#", "projects": {"0": "p"}"#), "projects", "wrong_type"),
        ("/v1/stream-tokens", token(r#", "userId": "v""#), "userId", "duplicate"),
        ("/v1/stream-tokens", token(r#", "userid": "v""#), "userid", "unknown_field"),
        ("/v1/stream-tokens", r#"{"userId": "\ud800", "builds": ["b"]}"#.into(), "body", "malformed_json"),
        ("/v1/stream-tokens", format!("\u{feff}{}", token("")), "body", "malformed_json"),
        ("/v1/stream-tokens", "[\"u\", [\"b\"]]".into(), "body", "wrong_type"),
        ("/v1/stream-tokens", "null".into(), "body", "wrong_type"),
        ("/v1/stream-tokens", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), "body", "wrong_type"),
        ("/v1/builds", r#"{"userId": "u", "priority": 2147483648, "templateFiles": {"a": ""}}"#.into(), "priority", "invalid_value"),
        ("/v1/builds", r#"{"userId": "u", "templateFiles": [["a", "x"]]}"#.into(), "templateFiles[0]", "wrong_type"),
        ("/v1/builds", r#"{"userId": "u", "templateFiles": [{"path": "a", "content": "x", "mode": 1}]}"#.into(), "templateFiles[0].mode", "unknown_field"),
        ("/v1/builds/batch", r#"{"builds": [["u", "p"]]}"#.into(), "builds[0]", "wrong_type"),
        ("/v1/builds/batch", r#"{"builds": [{"userId": "u", "nope": 1}]}"#.into(), "builds[0].nope", "unknown_field"),
    ];
    for (path, body, field, reason) in cases {
        let (status, error) = answer(server.client.signed(Method::POST, path, body.clone()).send().await.unwrap()).await;
        assert_eq!(status.as_u16(), 400, "{body:.80}: {error}");
        let got = (error["params"]["field"].as_str().unwrap(), error["params"]["reason"].as_str().unwrap());
        let large_number = reason == "wrong_type" && got.1 == "invalid_value";
        assert!(got == (field, reason) || (got.0 == field && large_number), "{body:.80}: {error}");
    }
    let long = token(&format!(r#", "{}": 1"#, "n".repeat(1000)));
    let (_, error) = answer(server.client.signed(Method::POST, "/v1/stream-tokens", long).send().await.unwrap()).await;
    assert_eq!(error["params"], json!({"field": "n".repeat(64), "reason": "unknown_field"}));
    let packed = server.client.signed(Method::POST, "/v1/stream-tokens", token("")).header("content-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.status().as_u16(), 415);
    // read, and nothing else is wrong with it than that there is no such build
    let plain = server.client.signed(Method::POST, "/v1/stream-tokens", token("")).header("content-encoding", "identity").send().await.unwrap();
    assert_eq!(plain.status().as_u16(), 404);
    let empty = server.client.signed(Method::POST, "/v1/stream-tokens", "").header("content-type", "application/json").send().await.unwrap();
    assert_eq!(empty.status().as_u16(), 400);
}

async fn no_character_is_a_fault(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    let bodies = [
        json!({"userId": "a\u{0}"}),
        json!({"userId": "u", "projectId": "a\u{0}", "targetVersionId": "\u{0}"}),
        json!({"userId": "u", "name": "a\u{0}", "templateFiles": {"a": ""}}),
        json!({"userId": "u", "reason": "a\u{0}"}),
        json!({"userId": "u", "comment": "a\u{0}"}),
        json!({"userId": "u", "description": "a\u{0}", "name": "n"}),
        json!({"userId": "u", "templateFiles": {"a\u{0}": "\u{0}"}}),
        json!({"userId": "u", "prompt": "a\u{0}", "templateFiles": {"a": ""}}),
        json!({"userId": "u", "builds": ["\u{0}"], "projects": ["\u{0}"]}),
        json!({"builds": [{"userId": "u", "projectId": "\u{0}"}]}),
    ];
    for (method, path, names) in operations() {
        for odd in ["%00", "a%00b", "%F0%9F%92%A9", "%ff", "..", "%2e%2e%2f"] {
            let response = server.client.signed(method.clone(), &filled(&path, odd), body_of(&method)).send().await.unwrap();
            // a user's id is the caller's own text: any visible one is somebody's
            let may_be = !path.contains('{') || path.contains("{userId}") && odd == "%2e%2e%2f";
            let refused = response.status().is_client_error() || may_be && response.status().is_success();
            assert!(refused, "{method} {path} with {odd}: {}", response.status());
            for name in &names {
                let asked = format!("{}?{name}={odd}", filled(&path, "some"));
                let response = server.client.signed(method.clone(), &asked, body_of(&method)).header("accept", "application/json").send().await.unwrap();
                assert!(response.status().as_u16() < 500, "{method} {asked}: {}", response.status());
            }
        }
        if method == Method::GET || method == Method::HEAD {
            continue;
        }
        for body in &bodies {
            let response = server.client.signed(method.clone(), &filled(&path, "some"), body.to_string()).send().await.unwrap();
            assert!(response.status().is_client_error(), "{method} {path} {body}: {}", response.status());
        }
    }
    // what is kept as it was written may say it
    let fine = json!({"userId": "u", "metadata": {"z": "\u{0}"}, "templateFiles": {"index.html": "\u{0}"}});
    assert_eq!(server.client.start(&fine).await["metadata"]["z"], "\u{0}");
    // doubled keys included
    let doubled = r#"{"userId": "u", "metadata": {"a":1,"a":2}, "templateFiles": {"index.html": "x"}}"#;
    let kept = server.client.signed(Method::POST, "/v1/builds", doubled).send().await.unwrap().text().await.unwrap();
    assert!(kept.contains(r#""metadata":{"a":1,"a":2}"#), "{kept}");
}
on_both!(a_character_that_a_database_refuses_is_no_fault, no_character_is_a_fault);
