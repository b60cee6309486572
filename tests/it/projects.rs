//! Projects: looking at one or many, and changing what is written about one.

use super::support::client::{answer, at_once};
use super::support::project::site;
use super::support::{Kind, TestServer, on_both};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A project that has a queued build, on a server that runs none; with its path.
async fn waiting(kind: Kind) -> (TestServer, String, String) {
    let server = TestServer::without_engine(kind).await;
    let build = server.client.start(&site("u")).await;
    let project = build["projectId"].as_str().unwrap().to_owned();
    (server, format!("/v1/projects/{project}"), project)
}

fn said(answer: &Value) -> (&Value, &Value, &Value, &Value) {
    (&answer["name"], &answer["description"], &answer["metadata"], &answer["revision"])
}

async fn looked_at(kind: Kind) {
    let server = TestServer::start(kind).await;
    let (project, version) = server.client.deploy(&site("u")).await;
    let path = format!("/v1/projects/{project}?userId=u");
    let response = server.client.signed(Method::GET, &path, "").send().await.unwrap();
    assert_eq!(response.headers()["etag"], "\"1\"");
    let (_, view) = answer(response).await;
    let build = server.scalar::<String>("SELECT id FROM builds").await;
    let mut expected = json!({
        "projectId": project, "userId": "u", "name": "A site", "description": null, "metadata": null, "revision": 1, "status": "idle",
        "activeBuildId": null, "lastBuildId": build, "previewUrl": format!("{}/p/{project}/", server.client.preview), "previewVersionId": version,
        "publishedUrl": null, "publishedVersionId": null, "idSource": "server", "createdByService": "buildcast",
    });
    for time in ["createdAt", "updatedAt"] {
        assert!(view[time].as_str().unwrap().ends_with('Z'), "{view}");
        expected[time] = view[time].clone();
    }
    assert_eq!(view, expected);
    let (status, _) = server.client.post(&format!("/v1/projects/{project}/publish/{version}"), &json!({"userId": "u"})).await;
    assert_eq!(status, StatusCode::OK);
    let (_, view) = server.client.get(&path).await;
    assert_eq!((&view["publishedVersionId"], &view["publishedUrl"]), (&json!(version), &json!(format!("{}/live/{project}/", server.client.preview))));
    for nobodys in ["nope", "a%20b", "%00"] {
        let (status, error) = server.client.get(&format!("/v1/projects/{nobodys}")).await;
        assert_eq!((status, &error["params"]), (StatusCode::NOT_FOUND, &json!({"resource": "project"})));
    }
}
on_both!(a_project_tells_what_it_shows_and_when_it_changed, looked_at);

async fn busy(kind: Kind) {
    let (server, path, _) = waiting(kind).await;
    let build = server.scalar::<String>("SELECT id FROM builds").await;
    for (change, status) in [
        ("kind = 'build'", "queued"),
        ("previous_state = 'queued', current_state = 'building'", "building"),
        ("kind = 'rollback'", "rollingBack"),
        ("previous_state = NULL, current_state = 'queued'", "rollingBack"),
    ] {
        server.execute(&format!("UPDATE builds SET {change}")).await;
        let (_, view) = server.client.get(&path).await;
        assert_eq!((&view["status"], &view["activeBuildId"]), (&json!(status), &json!(build)), "{change}");
        // a rollback is no build
        assert_eq!(view["lastBuildId"].is_null(), status == "rollingBack");
        assert!(view["previewUrl"].is_null() && view["previewVersionId"].is_null());
    }
    server.execute("UPDATE builds SET previous_state = 'building', current_state = 'failed'").await;
    let (_, view) = server.client.get(&path).await;
    assert_eq!((&view["status"], &view["activeBuildId"]), (&json!("idle"), &Value::Null));
}
on_both!(a_project_is_what_its_build_or_rollback_is_doing, busy);

async fn edited(kind: Kind) {
    let (server, path, _) = waiting(kind).await;
    let send = async |method: Method, body: &str| {
        let response = server.client.signed(method, &path, body).send().await.unwrap();
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{text}");
        let view: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(tag, Some(format!("\"{}\"", view["revision"])));
        (view, text)
    };
    let (view, text) = send(Method::PATCH, r#"{"userId": "u", "metadata": { "n": 12345678901234567890123, "x": 1.50 }, "description": "a\nb"}"#).await;
    assert_eq!((said(&view).0, said(&view).1, said(&view).3), (&json!("A site"), &json!("a\nb"), &json!(2)));
    assert!(text.contains(r#""metadata":{ "n": 12345678901234567890123, "x": 1.50 }"#), "{text}");
    // what is left out stays, and what is so already makes no revision
    for (body, revision) in [(r#"{"userId": "u", "name": "B"}"#, 3), (r#"{"userId": "u", "name": "B", "description": "a\nb"}"#, 3)] {
        let (view, text) = send(Method::PATCH, body).await;
        assert_eq!((said(&view).0, said(&view).1, said(&view).3), (&json!("B"), &json!("a\nb"), &json!(revision)));
        assert!(text.contains("{ \"n\": 1"));
    }
    let before = server.scalar::<i64>("SELECT updated_at_ms FROM projects").await;
    let (view, _) = send(Method::PATCH, r#"{"userId": "u", "description": null, "metadata": null}"#).await;
    assert_eq!(said(&view), (&json!("B"), &Value::Null, &Value::Null, &json!(4)));
    assert!(server.scalar::<i64>("SELECT updated_at_ms FROM projects").await >= before);
    let (view, _) = send(Method::PUT, r#"{"userId": "u", "name": "C", "description": "d", "metadata": {}}"#).await;
    assert_eq!(said(&view), (&json!("C"), &json!("d"), &json!({}), &json!(5)));
    let (view, _) = send(Method::PUT, r#"{"userId": "u", "name": "C", "description": null, "metadata": null}"#).await;
    assert_eq!(said(&view), (&json!("C"), &Value::Null, &Value::Null, &json!(6)));
    assert_eq!(server.client.get(&path).await.1, view);
}
on_both!(what_is_written_about_a_project_is_changed_in_part_or_whole, edited);

#[tokio::test]
async fn a_change_that_cannot_be_is_refused_with_all_its_faults() {
    let (server, path, _) = waiting(Kind::Sqlite).await;
    let send = async |method: Method, body: Value| {
        let (status, error) = answer(server.client.signed(method, &path, body.to_string()).send().await.unwrap()).await;
        let errors = error["params"]["errors"].as_array().map(|errors| errors.iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        (status.as_u16(), errors.map_or(error["params"].clone(), |fields| json!(fields)))
    };
    let (long, large) = ("x".repeat(2001), json!({"a": "x".repeat(17_000)}));
    for (body, fields) in [
        (json!({"userId": "u", "name": null}), json!(["name"])),
        (json!({"userId": "u", "name": " "}), json!(["name"])),
        (json!({"userId": "u", "name": "x".repeat(201), "description": long, "metadata": large}), json!(["name", "description", "metadata"])),
        (json!({"userId": "a b", "description": "\u{1b}"}), json!(["userId", "description"])),
    ] {
        assert_eq!(send(Method::PATCH, body).await, (422, fields));
    }
    assert_eq!(send(Method::PUT, json!({"userId": "u"})).await, (422, json!(["name", "description", "metadata"])));
    assert_eq!(send(Method::PUT, json!({"userId": "u", "name": "", "metadata": null})).await, (422, json!(["description", "name"])));
    for (method, body, params) in [
        (Method::PATCH, json!({"userId": "u"}), json!({"field": "body", "reason": "nothing_to_change"})),
        (Method::PATCH, json!({"userId": "u", "metadata": []}), json!({"field": "metadata", "reason": "wrong_type"})),
        (Method::PUT, json!({"userId": "u", "title": "x"}), json!({"field": "title", "reason": "unknown_field"})),
    ] {
        assert_eq!(send(method, body).await, (400, params));
    }
    assert_eq!(server.client.get(&path).await.1["revision"], 1);
}

async fn matched(kind: Kind) {
    let (server, path, project) = waiting(kind).await;
    let mut name = 0;
    let mut change = async |tags: &[&str]| {
        name += 1;
        let request = server.client.signed(Method::PATCH, &path, json!({"userId": "u", "name": format!("{name}")}).to_string());
        let request = tags.iter().fold(request, |request, tag| request.header("if-match", *tag));
        let (status, answer) = answer(request.send().await.unwrap()).await;
        (status.as_u16(), answer)
    };
    for (tags, revision) in [(&["\"1\""][..], 2), (&["*"], 3), (&["W/\"9\", \"3\""], 4), (&["\"8\"", "\"4\""], 5), (&[], 6)] {
        let (status, view) = change(tags).await;
        assert_eq!((status, &view["revision"]), (200, &json!(revision)), "{tags:?}");
    }
    for tags in [&["\"5\""][..], &["W/\"6\""], &["\"1\"", "\"2\""]] {
        let (status, error) = change(tags).await;
        let fault = json!({"errors": [{"field": "If-Match", "message": "the project has changed: its tag is \"6\" now"}]});
        assert_eq!((status, &error["code"], &error["params"]), (422, &json!("VALIDATION_FAILED"), &fault), "{tags:?}");
    }
    for odd in ["", "6", "\"6", "\"6\" \"7\""] {
        let (status, error) = change(&[odd]).await;
        assert_eq!((status, &error["params"]), (400, &json!({"field": "If-Match", "reason": "invalid_value"})), "{odd}");
    }
    // builds come and go under an editor's tag
    let build = server.scalar::<String>("SELECT id FROM builds").await;
    let (status, _) = server.client.post(&format!("/v1/builds/{build}/cancel"), &json!({"userId": "u"})).await;
    assert_eq!(status, StatusCode::OK);
    let mut start = site("u");
    start["projectId"] = json!(project);
    server.client.start(&start).await;
    assert_eq!(change(&["\"6\""]).await.0, 200);
}
on_both!(a_change_of_another_revision_is_refused, matched);

async fn raced(kind: Kind) {
    let (server, path, _) = waiting(kind).await;
    let request = |n: usize| -> RequestBuilder {
        let (method, body) = if n.is_multiple_of(2) {
            (Method::PATCH, json!({"userId": "u", "name": format!("{n}")}))
        } else {
            (Method::PUT, json!({"userId": "u", "name": format!("{n}"), "description": null, "metadata": null}))
        };
        server.client.signed(method, &path, body.to_string()).header("if-match", "\"1\"")
    };
    let answers = at_once((0..12).map(request).collect()).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == StatusCode::OK);
    assert_eq!(made.len(), 1, "{made:?}");
    for (status, error) in refused {
        assert_eq!((status, &error["params"]["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("If-Match")));
    }
    let (_, view) = server.client.get(&path).await;
    assert_eq!((view["revision"].clone(), &view["name"]), (json!(2), &made[0].1["name"]));
}
on_both!(of_racing_changes_of_one_revision_one_is_made, raced);

async fn many(kind: Kind) {
    let server = TestServer::without_engine(kind).await;
    for (user, project) in [("u", "b"), ("u", "a"), ("v", "c"), ("u", "batch")] {
        let mut start = site(user);
        start["projectId"] = json!(project);
        let (status, _) = server.client.post("/v1/create-preview-for-new-project", &start).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    let get = async |query: &str| {
        let (status, batch) = server.client.get(&format!("/v1/projects/batch?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{batch}");
        let there: Vec<_> = batch["projects"].as_array().unwrap().iter().map(|view| view["projectId"].clone()).collect();
        (json!(there), batch["missing"].clone())
    };
    assert_eq!(get("ids=b,nope,a,c,b,nope,x%20y").await, (json!(["b", "a", "c"]), json!(["nope", "x y"])));
    assert_eq!(get("ids=c,a&userId=u").await, (json!(["a"]), json!(["c"])));
    assert_eq!(get("ids=..").await, (json!([]), json!([".."])));
    // the one whose id is the path's word
    assert_eq!(get("ids=batch").await, (json!(["batch"]), json!([])));
    assert_eq!(server.client.get("/v1/projects/batch/versions").await.0, StatusCode::OK);
    let hundred: Vec<String> = (0..99).map(|n| format!("p{n}")).chain(["a".into()]).collect();
    let (there, missing) = get(&format!("ids={},a", hundred.join(","))).await;
    assert_eq!((there, missing.as_array().unwrap().len()), (json!(["a"]), 99));
    let (_, alone) = server.client.get("/v1/projects/a").await;
    assert_eq!(server.client.get("/v1/projects/batch?ids=a").await.1["projects"][0], alone);
    for (query, field, reason) in [
        ("", "ids", "invalid_value"),
        ("?ids=", "ids", "not_an_id"),
        ("?ids=a,,b", "ids", "not_an_id"),
        ("?ids=a&ids=b", "ids", "duplicate"),
        ("?ids=a&state=idle", "state", "unknown_field"),
        ("?ids=a&userId=a%20b", "userId", "not_an_id"),
        (&format!("?ids={},b", hundred.join(",")), "ids", "out_of_range"),
    ] {
        let (status, error) = server.client.get(&format!("/v1/projects/batch{query}")).await;
        assert_eq!((status, &error["params"]), (StatusCode::BAD_REQUEST, &json!({"field": field, "reason": reason})), "{query}");
    }
}
on_both!(many_projects_come_in_the_order_that_they_are_asked_for, many);
