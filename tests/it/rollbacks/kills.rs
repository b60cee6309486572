//! kill -9 at random moments of rollbacks: the working directory is of one version, whole, and what the rows say.
//!
//! `ROLLBACK_KILLS` says how many (20 unless set, half of them on each database), `KILLS_SEED` throws the dice of an earlier
//! run again.

use super::request;
use super::tree::{self, Tree, project, tree_of};
use crate::kills::dice::Dice;
use crate::support::process::ServerProcess;
use crate::support::{Client, Kind, Postgres, on_both};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of each version: enough that a kill finds some written and some not.
const FILES: usize = 600;
/// The latest moment of a kill, after the request.
const LATEST_MS: usize = 700;

struct Run {
    folder: tempfile::TempDir,
    postgres: Option<Postgres>,
    server: Option<ServerProcess>,
    project_id: String,
    /// The files of each version, by its id.
    versions: BTreeMap<String, Tree>,
    /// What became of the rollbacks.
    ends: BTreeMap<String, usize>,
}

impl Run {
    fn start_server(&mut self) {
        let url = self.postgres.as_ref().map(Postgres::url);
        let extra: Vec<(&str, &str)> = url.iter().map(|url| ("DATABASE_URL", url.as_str())).collect();
        self.server = Some(ServerProcess::start(self.folder.path(), &extra));
    }

    fn client(&self) -> Client {
        self.server.as_ref().unwrap().client.clone()
    }

    fn project_folder(&self) -> PathBuf {
        self.folder.path().join("projects").join(&self.project_id)
    }

    async fn build(&mut self, word: &str) -> String {
        let (files, client) = (tree::of(word, FILES), self.client());
        let known = (!self.project_id.is_empty()).then_some(self.project_id.as_str());
        let build = client.start(&project(known, &files)).await;
        let end = client.events(&build).await.pop().unwrap();
        assert_eq!(end["code"], "BUILD_COMPLETED");
        self.project_id = build["projectId"].as_str().unwrap().to_owned();
        let version = end["params"]["versionId"].as_str().unwrap().to_owned();
        self.versions.insert(version.clone(), files);
        version
    }

    /// The rollbacks in the order in which they were asked for, as the project's stream tells them.
    async fn rollbacks(&self) -> Vec<String> {
        let (client, mut jobs, mut after) = (self.client(), Vec::new(), String::new());
        loop {
            let path = format!("/v1/projects/{}/events?limit=1000&after={after}", self.project_id);
            let page: Value = client.signed(Method::GET, &path, "").header("accept", "application/json").send().await.unwrap().json().await.unwrap();
            let events = page["events"].as_array().unwrap();
            let begun = events.iter().filter(|event| event["event"]["code"] == "ROLLBACK_STARTED");
            jobs.extend(begun.map(|event| event["event"]["build_id"].as_str().unwrap().to_owned()));
            match page["nextCursor"].as_str().filter(|_| !events.is_empty()) {
                Some(next) => after = next.to_owned(),
                None => return jobs,
            }
        }
    }

    /// Asks for a rollback, kills the server at a random moment, up to three times, and looks at what came of it.
    async fn one(&mut self, target: &str, before: &str, dice: &mut Dice) {
        let known = self.rollbacks().await.len();
        let (client, body) = (self.client(), request(&self.project_id, target).to_string());
        let asking = tokio::spawn(async move { client.signed(Method::POST, "/v1/versions/rollback", body).send().await.map(|answer| answer.status()) });
        for _ in 0..=usize::from(dice.percent(25)) * 3 {
            tokio::time::sleep(dice.millis(0, LATEST_MS)).await;
            self.server.take().unwrap().kill();
            // whatever was cut: one version, whole
            let work = tree_of(&self.project_folder().join("work"));
            assert!(work.is_empty() || self.versions.values().any(|files| *files == work), "a mix of {} files", work.len());
            self.start_server();
        }
        let answered = asking.await.unwrap();
        let jobs = self.rollbacks().await;
        if jobs.len() == known {
            assert!(!matches!(answered, Ok(StatusCode::ACCEPTED)), "a rollback that was answered is not there");
            *self.ends.entry("not begun".into()).or_default() += 1;
            return self.agrees(before, false).await;
        }
        assert_eq!(jobs.len(), known + 1);
        let build = self.ended(jobs.last().unwrap()).await;
        let end = build.last().unwrap();
        let completed = end["code"] == "ROLLBACK_COMPLETED";
        *self.ends.entry(format!("{} {}", end["code"].as_str().unwrap(), end["params"]["reason"].as_str().unwrap_or_default())).or_default() += 1;
        assert!(completed || end["params"]["reason"] == "attempts_exhausted", "{end}");
        assert_eq!(build.iter().filter(|event| event["finished"] == true).count(), 1);
        let seqs: Vec<i64> = build.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
        let steps: Vec<i64> = build.iter().filter_map(|event| event["params"]["step"].as_i64()).collect();
        assert!(steps.is_sorted() && (!completed || steps.last() == Some(&(FILES as i64))), "{steps:?}");
        self.agrees(if completed { target } else { before }, completed).await;
    }

    /// A job's events, once it has ended.
    async fn ended(&self, job_id: &str) -> Vec<Value> {
        let client = self.client();
        let minted = client.post("/v1/stream-tokens", &json!({"userId": "u", "builds": [job_id]})).await.1;
        client.events(&json!({"buildId": job_id, "streamToken": minted["streamToken"]})).await
    }

    /// Preview, working directory and rows say the same, and nothing is left.
    async fn agrees(&self, shown: &str, synced: bool) {
        let (client, files) = (self.client(), &self.versions[shown]);
        let page = client.http.get(format!("{}/p/{}/", client.preview, self.project_id)).send().await.unwrap().text().await.unwrap();
        assert_eq!(page, files["index.html"]);
        let work = tree_of(&self.project_folder().join("work"));
        assert!(work == *files || (!synced && work.is_empty()), "the directory is of another version, after {:?}", self.ends);
        let left = names(&self.project_folder()).into_iter().filter(|name| name.starts_with("next-")).count();
        assert_eq!((left, names(&self.folder.path().join("scratch")).len()), (0, 0));
        // the lock is released
        let listed = client.get(&format!("/v1/builds?projectId={}&state=building", self.project_id)).await.1;
        assert_eq!(listed["builds"].as_array().unwrap().len(), 0);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

async fn killed(kind: Kind) {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap_or_else(|_| panic!("{name} is not a number")));
    let (seed, kills) = (number("KILLS_SEED").unwrap_or_else(|| SystemClock.now_ms().unsigned_abs()), number("ROLLBACK_KILLS").unwrap_or(20) / 2);
    println!("KILLS_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let postgres = (kind == Kind::Postgres).then(Postgres::start);
    let mut run = Run { folder, postgres, server: None, project_id: String::new(), versions: BTreeMap::new(), ends: BTreeMap::new() };
    run.start_server();
    let (old, new) = (run.build("old").await, run.build("new").await);
    let (mut dice, mut shown, mut killed) = (Dice::of(seed, 7), new.clone(), 0);
    while killed < kills {
        let target = if shown == new { &old } else { &new };
        run.one(target, &shown, &mut dice).await;
        killed += 1;
        let client = run.client();
        let page = client.http.get(format!("{}/p/{}/", client.preview, run.project_id)).send().await.unwrap().text().await.unwrap();
        shown = if page.contains("<h1>new") { new.clone() } else { old.clone() };
    }
    // one that nobody kills ends well, whatever the others left
    let target = if shown == new { &old } else { &new };
    let answer = run.client().post("/v1/versions/rollback", &request(&run.project_id, target)).await;
    assert_eq!(answer.0, StatusCode::ACCEPTED, "{}", answer.1);
    assert_eq!(run.ended(answer.1["jobId"].as_str().unwrap()).await.pop().unwrap()["code"], "ROLLBACK_COMPLETED");
    run.agrees(target, true).await;
    let fsck = std::process::Command::new("git").arg("--git-dir").arg(run.project_folder().join("history.git")).args(["fsck", "--strict"]).output().unwrap();
    assert!(fsck.status.success(), "{}", String::from_utf8_lossy(&fsck.stderr));
    println!("{kind:?}: {killed} rollbacks killed: {:?}", run.ends);
}
on_both!(no_kill_leaves_a_working_directory_of_two_versions, killed);
