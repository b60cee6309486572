//! The sample programs of docs/samples: each signs as the vectors say, and a server takes what it sends.

use super::support::project::site;
use super::support::server::SECRET;
use super::support::{Kind, TestServer};
use buildcast::domain::signature::{SignedRequest, sign_v1, sign_v2};
use serde_json::{Value, json};
use std::process::{Output, Stdio};
use tokio::net::TcpSocket;
use tokio::process::Command;

const SAMPLES: [(&str, &str); 3] = [("node", "sign.mjs"), ("python3", "sign.py"), ("sh", "sign.sh")];

fn doc(name: &str) -> String {
    std::fs::read_to_string(format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn vectors() -> Value {
    serde_json::from_str(&doc("samples/vectors.json")).unwrap()
}

/// How a sample ends, and what it says.
async fn end_of((program, file): (&str, &str), environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.arg(format!("{}/docs/samples/{file}", env!("CARGO_MANIFEST_DIR"))).args(arguments).stdin(Stdio::null());
    command.envs(environment.iter().copied()).output().await.unwrap()
}

/// What a sample prints.
async fn run(sample: (&str, &str), environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = end_of(sample, environment, arguments).await;
    assert!(output.status.success(), "{sample:?} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The status and the body that a sample's request got.
async fn send(sample: (&str, &str), secret: &str, arguments: &[&str]) -> (u16, Value) {
    let printed = run(sample, &[("WORKER_SHARED_SECRET", secret)], arguments).await;
    let (status, body) = printed.split_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap())
}

#[test]
fn the_vectors_are_right_and_stand_in_the_page() {
    let (all, page) = (vectors(), doc("signatures.md"));
    let text = |name: &str| all[name].as_str().unwrap();
    for name in ["secret", "timestamp", "nonce"] {
        assert!(page.contains(&format!("`{}`", text(name))), "{name}");
    }
    let vectors = all["vectors"].as_array().unwrap();
    assert!(vectors.len() >= 5);
    for vector in vectors {
        let of = |name: &str| vector[name].as_str().unwrap();
        let request = SignedRequest { method: of("method"), path_and_query: of("path"), body: of("body").as_bytes() };
        let secret = text("secret").as_bytes();
        assert_eq!((sign_v1(secret, request).as_str(), sign_v2(secret, request, text("timestamp"), text("nonce")).as_str()), (of("v1"), of("v2")), "{vector}");
        let body = if of("body").is_empty() { String::new() } else { format!("`{}`", of("body")) };
        let row = format!("| `{}` | `{}` | {body} | `{}` | `{}` |", of("method"), of("path"), of("v1"), of("v2"));
        assert!(page.contains(&row), "the page lacks {row}");
    }
}

#[tokio::test]
async fn every_sample_signs_as_the_vectors_say() {
    let all = vectors();
    let text = |name: &str| all[name].as_str().unwrap();
    let environment = [("WORKER_SHARED_SECRET", text("secret")), ("TIMESTAMP", text("timestamp")), ("NONCE", text("nonce"))];
    for sample in SAMPLES {
        for vector in all["vectors"].as_array().unwrap() {
            let of = |name: &str| vector[name].as_str().unwrap();
            let url = format!("https://api.example.com{}", of("path"));
            let v1 = run(sample, &environment, &["--v1", "--print", of("method"), &url, of("body")]).await;
            assert_eq!(v1, format!("x-sheen-signature: {}\n", of("v1")), "{sample:?} {vector}");
            let v2 = run(sample, &environment, &["--print", of("method"), &url, of("body")]).await;
            let expected = format!("x-sheen-timestamp: {}\nx-sheen-nonce: {}\nx-sheen-sig-v2: {}\n", text("timestamp"), text("nonce"), of("v2"));
            assert_eq!(v2, expected, "{sample:?} {vector}");
        }
    }
}

#[tokio::test]
async fn a_server_takes_what_every_sample_sends_in_both_versions() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let list = format!("{}/v1/builds?userId=u%7Cx&limit=7", server.client.api);
    let tokens = format!("{}/v1/stream-tokens", server.client.api);
    let build = server.client.start(&site("u")).await;
    let body = json!({"userId": "u", "projects": [build["projectId"]]}).to_string();
    for sample in SAMPLES {
        for version in [&[][..], &["--v1"]] {
            let arguments = |rest: &[&'static str], url: &str| -> Vec<String> {
                version.iter().chain(rest).map(|word| (*word).to_owned()).chain([url.to_owned()]).collect()
            };
            let get = arguments(&["GET"], &list);
            let get: Vec<&str> = get.iter().map(String::as_str).collect();
            let (status, answer) = send(sample, SECRET, &get).await;
            assert_eq!((status, &answer["builds"]), (200, &json!([])), "{sample:?} {version:?}: {answer}");
            let post = arguments(&["POST"], &tokens);
            let post: Vec<&str> = post.iter().map(String::as_str).chain([body.as_str()]).collect();
            let (status, answer) = send(sample, SECRET, &post).await;
            assert!(status == 201 && answer["streamToken"].is_string(), "{sample:?} {version:?}: {answer}");
            let (status, answer) = send(sample, "another secret of some length", &post).await;
            assert_eq!((status, &answer["params"]["reason"]), (401, &json!("invalid")), "{sample:?} {version:?}: {answer}");
        }
    }
}

#[tokio::test]
async fn every_sample_signs_a_url_as_it_is_written_without_its_fragment() {
    let secret = "a secret of some length";
    let urls = [
        ("http://api.example.com/v1/builds?limit=1#top", "/v1/builds?limit=1"),
        ("http://api.example.com#top", "/"),
        ("http://api.example.com?next=/v1", "/?next=/v1"),
        ("http://api.example.com/{a}/../[1-3]?b={c,d}", "/{a}/../[1-3]?b={c,d}"),
    ];
    for sample in SAMPLES {
        for (url, path) in urls {
            for body in ["", "--print", "@/etc/hostname"] {
                let signed = sign_v1(secret.as_bytes(), SignedRequest { method: "POST", path_and_query: path, body: body.as_bytes() });
                let printed = run(sample, &[("WORKER_SHARED_SECRET", secret)], &["--v1", "--print", "POST", url, body]).await;
                assert_eq!(printed, format!("x-sheen-signature: {signed}\n"), "{sample:?} {url} {body}");
            }
        }
    }
}

#[tokio::test]
async fn every_sample_sends_what_it_signed() {
    let server = TestServer::without_engine(Kind::Sqlite).await;
    let (list, tokens) = (format!("{}/v1/builds", server.client.api), format!("{}/v1/stream-tokens", server.client.api));
    // the text of a file there would be another fault: it is JSON
    let file = format!("@{}/openapi/openapi.json", env!("CARGO_MANIFEST_DIR"));
    for sample in SAMPLES {
        let (status, answer) = send(sample, SECRET, &["get", &format!("{list}?limit=7#top")]).await;
        assert_eq!((status, &answer["builds"]), (200, &json!([])), "{sample:?}: {answer}");
        let (status, answer) = send(sample, SECRET, &["GET", &format!("{list}?x={{a,b}}[1-3]")]).await;
        assert_eq!((status, &answer["params"]["field"]), (400, &json!("x")), "{sample:?}: {answer}");
        for body in [file.as_str(), "--v1", "-"] {
            let (status, answer) = send(sample, SECRET, &["POST", &tokens, body]).await;
            assert_eq!((status, &answer["params"]["reason"]), (400, &json!("malformed_json")), "{sample:?} {body}: {answer}");
        }
        let head = run(sample, &[("WORKER_SHARED_SECRET", SECRET)], &["HEAD", &list]).await;
        assert_eq!(head, "200\n\n", "{sample:?}");
    }
}

#[tokio::test]
async fn every_sample_ends_alike_where_it_can_not_send() {
    let url = "http://api.example.com/";
    let odd: [(&[&str], &str); 11] = [
        (&[], "METHOD and URL, and no more than a BODY"),
        (&["GET"], "METHOD and URL, and no more than a BODY"),
        (&["--v3", "GET", url], "--v3 is no option"),
        (&["GET", url, "a", "b"], "METHOD and URL, and no more than a BODY"),
        (&["G-T", url], "METHOD: letters"),
        (&["HEAD", url, "body"], "HEAD has no BODY"),
        (&["GET", "api.example.com/"], "URL: http://… or https://…"),
        (&["GET", "http:///v1"], "URL: a host, without a user"),
        (&["GET", "http://user:word@api.example.com/"], "URL: a host, without a user"),
        (&["GET", "http://api.example.com/gr\u{fc}n"], "URL: visible ASCII characters; percent-encode the others"),
        (&["GET", "http://api.example.com/a b"], "URL: visible ASCII characters; percent-encode the others"),
    ];
    let secret = [("WORKER_SHARED_SECRET", SECRET)];
    // bound and not listening: nobody answers there, and nobody else will
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let silent = format!("http://{}/", nobody.local_addr().unwrap());
    for sample in SAMPLES {
        let usage = format!("WORKER_SHARED_SECRET=… {} {} [--v1] [--print] METHOD URL [BODY]\n", sample.0, sample.1);
        let refused = |output: Output, why: &str| {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{sample:?} {why}: {said}");
            assert_eq!(said, format!("{why}\n{usage}"), "{sample:?}");
        };
        for (arguments, why) in odd {
            refused(end_of(sample, &secret, arguments).await, why);
        }
        refused(end_of(sample, &[("WORKER_SHARED_SECRET", "")], &["GET", url]).await, "WORKER_SHARED_SECRET is not set");
        let unanswered = end_of(sample, &secret, &["GET", &silent]).await;
        let said = String::from_utf8(unanswered.stderr).unwrap();
        assert!(unanswered.status.code() == Some(1) && unanswered.stdout.is_empty() && said.lines().count() == 1, "{sample:?}: {said}");
    }
}

#[tokio::test]
async fn a_retired_version_counts_as_missing() {
    let server = TestServer::start_with(Kind::Sqlite, &[("SIGNATURE_VERSIONS", "v2"), ("BUILDCAST_NODE_ROLE", "api,preview")]).await;
    let url = format!("{}/v1/builds", server.client.api);
    let (status, answer) = send(SAMPLES[0], SECRET, &["--v1", "GET", &url]).await;
    assert_eq!((status, &answer["params"]["reason"]), (401, &json!("missing")), "{answer}");
    assert_eq!(send(SAMPLES[0], SECRET, &["GET", &url]).await.0, 200);
}
