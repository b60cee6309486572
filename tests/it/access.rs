//! Who may listen: whatever a stranger shows, at whatever door, to a build that runs and to one that has ended, the answer
//! is the contract's refusal and not a byte of the stream.

use super::support::publisher::{Publisher, RunningBuild};
use super::support::server::SECRET;
use super::support::socket::{Said, Socket};
use super::support::{Kind, TestServer, on_both};
use buildcast::domain::token::StreamClaims;
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// Fields of an error's body, at most.
const ENVELOPE: [&str; 10] = ["error", "code", "message", "params", "data", "serverTime", "requestId", "correlationId", "referenceId", "timestamp"];

/// A server that runs no builds, and the build that strangers want to hear of.
struct Scene {
    server: TestServer,
    running: RunningBuild,
    /// Of the same user: in a project of its own, and in the same project, ended.
    elsewhere: RunningBuild,
    before: RunningBuild,
    someone_elses: RunningBuild,
}

/// How a stranger is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Missing,
    Invalid,
    Expired,
    Forbidden,
}

/// What somebody without the right shows.
struct Stranger {
    is: &'static str,
    token: String,
    refusal: Refusal,
}

/// What the log has by now, as the one who may listen sees it.
struct Log {
    cursors: Vec<String>,
    /// Whatever of an event would tell something.
    secrets: Vec<String>,
}

impl Refusal {
    fn status(self) -> u16 {
        if self == Self::Forbidden { 403 } else { 401 }
    }

    fn check(self, error: &Value, what: &str) {
        let (code, reason) = match self {
            Self::Missing => ("AUTH_FAILED", Some("missing")),
            Self::Invalid => ("AUTH_FAILED", Some("invalid")),
            Self::Expired => ("AUTH_EXPIRED", None),
            Self::Forbidden => ("FORBIDDEN", None),
        };
        assert_eq!((&error["code"], error["params"]["reason"].as_str()), (&json!(code), reason), "{what}: {error}");
        assert_eq!(error["serverTime"].is_string(), reason.is_some(), "{what}: {error}");
        assert_eq!(error["params"]["expiredAt"].is_i64(), self == Self::Expired, "{what}: {error}");
    }
}

impl Scene {
    async fn start(kind: Kind) -> Self {
        let server = TestServer::start_with(kind, &[("BUILDCAST_NODE_ROLE", "api,preview")]).await;
        let publisher = Publisher::start(&server.database_url, None).await;
        let before = publisher.build("u", None).await;
        before.end().await;
        let running = publisher.build("u", Some(before.project_id())).await;
        let (elsewhere, someone_elses) = (publisher.build("u", None).await, publisher.build("v", None).await);
        running.record(10).await;
        Self { server, running, elsewhere, before, someone_elses }
    }

    fn strangers(&self) -> Vec<Stranger> {
        let (id, project) = (self.running.id(), self.running.project_id());
        let claims = |builds: &[&str], projects: &[&str], ttl| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
            StreamClaims::new("u", owned(builds), owned(projects), SystemClock.now_ms(), ttl)
        };
        let minted = |builds: &[&str], projects: &[&str]| claims(builds, projects, 60).sign(SECRET.as_bytes());
        let forged = claims(&[id], &[project], 60).sign(b"another secret of some length");
        let (signed, _) = self.running.token().rsplit_once('.').unwrap();
        let stranger = |is, refusal, token: String| Stranger { is, token, refusal };
        vec![
            stranger("forged with another secret", Refusal::Invalid, forged.clone()),
            stranger("the right claims under another's signature", Refusal::Invalid, format!("{signed}.{}", forged.rsplit_once('.').unwrap().1)),
            stranger("no signature", Refusal::Invalid, format!("{signed}.")),
            stranger("no token at all", Refusal::Invalid, "nonsense".into()),
            stranger("stale", Refusal::Expired, claims(&[id], &[project], -1).sign(SECRET.as_bytes())),
            stranger("someone else's", Refusal::Forbidden, self.someone_elses.token().into()),
            stranger("the same user's, for another build", Refusal::Forbidden, self.elsewhere.token().into()),
            stranger("for another build of the project", Refusal::Forbidden, minted(&[self.before.id()], &[])),
            stranger("for another project", Refusal::Forbidden, minted(&[], &[self.elsewhere.project_id()])),
            stranger("with the ids mixed up", Refusal::Forbidden, minted(&[project], &[id])),
        ]
    }

    /// The doors over HTTP: path, and whether a page of JSON is asked for.
    fn doors(&self) -> Vec<(String, bool)> {
        let (id, project) = (self.running.id(), self.running.project_id());
        let paths = [format!("/v1/builds/{id}/events"), format!("/api/builds/{id}/events"), format!("/v1/projects/{project}/events")];
        paths.into_iter().flat_map(|path| [(path.clone(), false), (path, true)]).collect()
    }

    /// The streams by their names on a socket.
    fn streams(&self) -> [String; 2] {
        [format!("build:{}", self.running.id()), format!("project:{}", self.running.project_id())]
    }

    async fn log(&self) -> Log {
        let pages = async |path: String| {
            let request = self.server.client.bare(Method::GET, &path).bearer_auth(self.running.token()).header("accept", "application/json");
            request.send().await.unwrap().json::<Value>().await.unwrap()["events"].as_array().unwrap().clone()
        };
        let mut events = pages(format!("/v1/projects/{}/events", self.running.project_id())).await;
        events.extend(pages(format!("/v1/builds/{}/events", self.running.id())).await);
        assert!(events.len() > 6);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let cursors: Vec<String> = events.iter().map(|event| text(&event["cursor"])).collect();
        let tags = cursors.iter().map(|cursor| cursor.split_once('-').unwrap().1.to_owned());
        let ids = events.iter().flat_map(|event| [text(&event["event"]["id"]), text(&event["event"]["code"])]);
        Log { secrets: tags.chain(ids).chain(["seq".to_owned(), "cursor".to_owned()]).collect(), cursors }
    }

    /// Asks at a door with these headers, and with this cursor in every place where one may stand.
    async fn knock(&self, (path, json): &(String, bool), query: &str, headers: &[(&str, &str)], cursor: Option<&str>) -> Response {
        let shown = cursor.map_or(String::new(), |cursor| format!("&lastEventId={cursor}&after={cursor}"));
        let mut request = self.server.client.bare(Method::GET, &format!("{path}?{query}{shown}"));
        request = request.header("accept", if *json { "application/json" } else { "text/event-stream" });
        request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        cursor.into_iter().fold(request, |request, cursor| request.header("last-event-id", cursor)).send().await.unwrap()
    }

    async fn refused_everywhere(&self, log: &Log) {
        let last = [log.cursors.last().unwrap().as_str(), log.cursors[log.cursors.len() / 2].as_str()];
        let cursors = [None, Some(last[0]), Some(last[1]), Some("no cursor")];
        for door in self.doors() {
            for cursor in cursors {
                for Stranger { is, token, refusal } in self.strangers() {
                    let (bearer, cookie) = (format!("Bearer {token}"), format!("a=b; buildcast_token={token}"));
                    let what = format!("{is} at {door:?} after {cursor:?}");
                    refused(self.knock(&door, "", &[("authorization", &bearer)], cursor).await, refusal, log, &what).await;
                    refused(self.knock(&door, &format!("token={token}"), &[], cursor).await, refusal, log, &what).await;
                    refused(self.knock(&door, "", &[("cookie", &cookie)], cursor).await, refusal, log, &what).await;
                }
                refused(self.knock(&door, "", &[], cursor).await, Refusal::Missing, log, "nothing shown").await;
                for odd in ["Bearer", "Bearer ", "Basic dTpw", "", self.running.token(), &format!("Bearer,{}", self.running.token())] {
                    refused(self.knock(&door, "", &[("authorization", odd)], cursor).await, Refusal::Missing, log, odd).await;
                }
            }
        }
    }

    /// Sockets that were each refused every stream, at its beginning and at its last cursor.
    async fn refused_sockets(&self, log: &Log) -> Vec<Socket> {
        let mut sockets = vec![];
        for Stranger { is, token, refusal } in self.strangers() {
            let client = &self.server.client;
            let bearer = [("authorization", format!("Bearer {token}"))];
            let cookie = [("cookie", format!("buildcast_token={token}"))];
            let mut by_frame = Socket::open(client, Some(self.running.token())).await;
            self.refused_socket(&mut by_frame, Some(&token), refusal, log, is).await;
            let by_upgrade = [
                Socket::upgrade(client, "", bearer).await.0,
                Socket::upgrade(client, &format!("?token={token}"), []).await.0,
                Socket::upgrade(client, "", cookie).await.0,
            ];
            sockets.push(by_frame);
            for mut socket in by_upgrade {
                self.refused_socket(&mut socket, None, refusal, log, is).await;
                sockets.push(socket);
            }
        }
        let mut nobody = Socket::open(&self.server.client, None).await;
        self.refused_socket(&mut nobody, None, Refusal::Missing, log, "nothing shown").await;
        sockets.push(nobody);
        sockets
    }

    /// Four refusals: the fifth would close the socket.
    async fn refused_socket(&self, socket: &mut Socket, token: Option<&str>, refusal: Refusal, log: &Log, what: &str) {
        for stream in self.streams() {
            for cursor in ["", log.cursors.last().unwrap()] {
                let mut frame = json!({"type": "subscribe", "stream": stream, "cursor": cursor});
                token.into_iter().for_each(|token| frame["token"] = json!(token));
                socket.say(frame).await;
                let Said::Frame(error, text) = socket.next().await else { panic!("closed: {what}") };
                assert_eq!((&error["type"], &error["stream"]), (&json!("error"), &json!(stream)), "{what}");
                refusal.check(&error, what);
                tells_nothing(&error, &text, log, what);
            }
        }
    }
}

/// An answer is a refusal, in the one body that every error has.
async fn refused(response: Response, refusal: Refusal, log: &Log, what: &str) {
    let headers = format!("{:?}", response.headers());
    assert_eq!(response.status().as_u16(), refusal.status(), "{what}");
    assert_eq!(response.headers()["content-type"], "application/json", "{what}");
    let text = response.text().await.unwrap();
    let error: Value = serde_json::from_str(&text).unwrap();
    refusal.check(&error, what);
    tells_nothing(&error, &format!("{headers}{text}"), log, what);
}

fn tells_nothing(error: &Value, text: &str, log: &Log, what: &str) {
    for field in error.as_object().unwrap().keys() {
        assert!(ENVELOPE.contains(&field.as_str()) || ["type", "stream"].contains(&field.as_str()), "{what}: {field}");
    }
    for secret in &log.secrets {
        assert!(!text.contains(secret.as_str()), "{what}: {secret:?} is in {text}");
    }
}

/// Whoever may listen gets the same streams, over every door; without this the refusals would show nothing.
async fn welcome(scene: &Scene, log: &Log, ended: bool) {
    let bearer = format!("Bearer {}", scene.running.token());
    for door in scene.doors() {
        let of_build = !door.0.contains("projects");
        let last = scene.knock(&door, "", &[("authorization", &bearer)], log.cursors.last().filter(|_| of_build).map(String::as_str)).await;
        let nothing_left = ended && of_build && !door.1;
        assert_eq!(last.status().as_u16(), if nothing_left { 204 } else { 200 }, "{door:?}");
    }
    // a token for the build alone opens the build and not its project
    let build_only = StreamClaims::new("u", vec![scene.running.id().into()], vec![], SystemClock.now_ms(), 60).sign(SECRET.as_bytes());
    let bearer = format!("Bearer {build_only}");
    for door in scene.doors() {
        let response = scene.knock(&door, "", &[("authorization", &bearer)], None).await;
        match door.0.contains("projects") {
            true => refused(response, Refusal::Forbidden, log, "a build's token at its project").await,
            false => assert_eq!(response.status(), 200),
        }
    }
}

async fn strangers(kind: Kind) {
    let scene = Scene::start(kind).await;
    let log = scene.log().await;
    let mut owner = Socket::listen(&scene.server.client, &scene.running.build, None).await;
    let mut refused_before = scene.refused_sockets(&log).await;
    scene.refused_everywhere(&log).await;
    welcome(&scene, &log, false).await;
    // the build goes on, and ends; whoever may listen hears it
    scene.running.record(10).await;
    scene.running.end().await;
    assert!(owner.events(&scene.streams()[0]).await.last().unwrap().1.contains("BUILD_FAILED"));
    let log = scene.log().await;
    refused_before.extend(scene.refused_sockets(&log).await);
    scene.refused_everywhere(&log).await;
    welcome(&scene, &log, true).await;
    // a socket that was refused has nothing to say but what it is asked
    for socket in &mut refused_before {
        socket.say(json!({"type": "ping"})).await;
        assert_eq!(socket.frame().await, json!({"type": "pong"}));
    }
}
on_both!(a_stranger_is_refused_at_every_door_and_learns_nothing, strangers);
