//! The server under test, as a child process.

use super::http::{Client, Request, SECRET};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server; it ends with this value.
#[derive(Debug)]
pub struct Node {
    /// Connections to its API.
    pub client: Client,
    child: Child,
    _folder: Option<tempfile::TempDir>,
}

impl Node {
    /// Starts the server that was built beside this program.
    pub fn start(folder: &Path, database: &str, roles: &str) -> Self {
        let program = std::env::current_exe().expect("this program has a path").with_file_name("buildcast");
        let mut command = Command::new(&program);
        command.arg("serve").env("BUILDCAST_DATA_DIR", folder).env("DATABASE_URL", database).env("BUILDCAST_NODE_ROLE", roles);
        command.env("BUILDCAST_LISTEN", "127.0.0.1:0").env("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:0").env("WORKER_SHARED_SECRET", SECRET);
        // limits are not what is measured; what a limit costs is in every request
        command.env("BUILDCAST_RATE_PER_MINUTE", "1000000").env("BUILDCAST_LOG", "error").env("BUILDCAST_DRAIN_SECONDS", "1");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says where it listens");
        let said: Value = serde_json::from_str(&line).expect("the line is JSON");
        let address = said["api"].as_str().and_then(|url| url.strip_prefix("http://")).and_then(|address| address.parse().ok());
        Self { client: Client::new(address.expect("an address")), child, _folder: None }
    }

    /// The same, with a folder that goes when it ends.
    pub fn holding(self, folder: tempfile::TempDir) -> Self {
        Self { _folder: Some(folder), ..self }
    }

    /// The operations of the document that it serves.
    pub async fn operations(&self) -> Vec<String> {
        let document = self.client.json(&Request::get("/openapi.json")).await;
        let items = document["paths"].as_object().into_iter().flat_map(|paths| paths.values()).filter_map(Value::as_object);
        items.flat_map(|item| item.values()).filter_map(|operation| operation["operationId"].as_str().map(str::to_owned)).collect()
    }

    /// Stops it as an operator does, and waits.
    pub fn stop(mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        self.child.wait().expect("it ends");
    }
}
