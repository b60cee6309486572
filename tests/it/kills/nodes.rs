//! The nodes that die: real processes on data folders of their own, started again after each kill.

use super::dice::Dice;
use super::processes::{self, Process};
use crate::support::process::{ServerProcess, command};
use crate::support::{Client, Kind, Postgres, Redis};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, TryLockError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a worker stays away so that others take its builds over: longer than a lease.
const LONG_AWAY: Duration = Duration::from_secs(10);
/// One kill of a worker in so many is followed by that.
const LONG_AWAY_EACH: usize = 40;

/// What a kill hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Victim {
    /// The node that serves the API, and runs builds.
    Server,
    /// The node that only runs builds.
    Worker,
    /// A process that a build's command started.
    Child,
    /// A process that watches over a build's command.
    Supervisor,
    /// A server or a worker that has not said yet that it listens.
    Starting,
}

/// One node.
struct Node {
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
    secret: String,
    process: Mutex<Option<ServerProcess>>,
    /// Where clients find it now.
    client: watch::Sender<Client>,
}

/// The nodes of one run, and the services that they share.
pub struct Nodes {
    pub database_url: String,
    pub artifacts: PathBuf,
    pub kills: BTreeMap<Victim, usize>,
    pub long_away: usize,
    nodes: Vec<Arc<Node>>,
    restarts: JoinSet<()>,
    root: tempfile::TempDir,
    _shared: (Option<Postgres>, Option<Redis>),
}

impl Node {
    fn command(&self) -> Command {
        let mut command = command(&self.folder);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.folder.with_extension("log")).unwrap()
    }

    fn scratch(&self) -> PathBuf {
        self.folder.join("scratch")
    }

    fn supervisors(&self) -> Vec<Process> {
        let pid = self.process.try_lock().ok().and_then(|process| Some(process.as_ref()?.child.id()));
        pid.map(|pid| processes::started_by(pid, "supervise")).unwrap_or_default()
    }

    /// Starts it, and tells its clients where it is.
    fn start(&self, process: &mut Option<ServerProcess>) {
        let server = ServerProcess::run(self.command(), &self.folder, self.log());
        self.client.send_replace(Client { secret: self.secret.clone(), ..server.client.clone() });
        *process = Some(server);
    }

    /// Kills the node, and starts it again after a while; each of `early` kills it once more before it listens.
    fn restart(&self, away: Duration, early: &[Duration]) {
        let mut process = self.process.lock().unwrap();
        process.take().expect("it runs").kill();
        std::thread::sleep(away);
        for moment in early {
            let mut child = self.command().arg("serve").stdout(Stdio::null()).stderr(self.log()).spawn().unwrap();
            std::thread::sleep(*moment);
            child.kill().unwrap();
            child.wait().unwrap();
        }
        self.start(&mut process);
    }
}

impl Nodes {
    /// One node on SQLite; a server and a worker on one PostgreSQL, Redis and artifact folder.
    pub fn start(kind: Kind) -> Self {
        let root = tempfile::Builder::new().prefix("kills").tempdir().unwrap();
        let shared = (kind == Kind::Postgres).then(|| (Postgres::start(), Redis::start()));
        let artifacts = root.path().join("artifacts");
        let database_url = shared.as_ref().map_or_else(|| format!("sqlite://{}/events.db", root.path().display()), |(postgres, _)| postgres.url());
        let secret = SystemClock.new_id();
        let mut settings = vec![
            ("DATABASE_URL", database_url.clone()),
            // nobody else's: a port that is free for a moment may be another test's server the next
            ("WORKER_SHARED_SECRET", secret.clone()),
            ("BUILDCAST_ARTIFACTS", format!("file://{}", artifacts.display())),
            // with a sandbox on the one, without on the other: what a killed server leaves behind differs
            ("BUILDCAST_SANDBOX", if kind == Kind::Postgres { "none" } else { "auto" }.to_owned()),
        ];
        settings.extend(shared.as_ref().map(|(_, redis)| ("REDIS_URL", redis.url())));
        let roles: &[&str] = if kind == Kind::Postgres { &["api,engine,preview", "engine"] } else { &["api,engine,preview"] };
        let nodes = roles.iter().enumerate().map(|(at, role)| {
            // the kernel counts a user's processes wherever they run
            let users = 710_000 + 1000 * at + 10_000 * usize::from(kind == Kind::Postgres);
            let own = [("BUILDCAST_NODE_ROLE", (*role).to_owned()), ("BUILDCAST_BUILD_UIDS", users.to_string())];
            let node = Node {
                folder: root.path().join(format!("node{at}")),
                settings: settings.iter().cloned().chain(own).collect(),
                process: Mutex::default(),
                secret: secret.clone(),
                client: watch::Sender::new(Client::new(([127, 0, 0, 1], 1).into(), ([127, 0, 0, 1], 1).into())),
            };
            node.start(&mut node.process.lock().unwrap());
            Arc::new(node)
        });
        let nodes = nodes.collect();
        let (postgres, redis) = shared.unzip();
        Self { database_url, artifacts, kills: BTreeMap::new(), long_away: 0, nodes, restarts: JoinSet::new(), root, _shared: (postgres, redis) }
    }

    /// Where clients find the server.
    pub fn clients(&self) -> watch::Receiver<Client> {
        self.nodes[0].client.subscribe()
    }

    /// Kills something, as the dice fall. Some dice hit nothing, where nothing is that they could hit.
    pub fn kill(&mut self, dice: &mut Dice) -> usize {
        let node = dice.one_of(&self.nodes).unwrap().clone();
        match dice.below(100) {
            0..35 => return self.kill_one(Victim::Child, &processes::about(&node.scratch()), dice),
            35..45 => return self.kill_one(Victim::Supervisor, &node.supervisors(), dice),
            _ => {}
        }
        // one that is away can't die
        match node.process.try_lock() {
            Ok(process) => drop(process),
            Err(TryLockError::WouldBlock) => return 0,
            Err(TryLockError::Poisoned(_)) => panic!("a node does not start again"),
        }
        let victim = if Arc::ptr_eq(&node, &self.nodes[0]) { Victim::Server } else { Victim::Worker };
        let count = self.kills.entry(victim).or_default();
        *count += 1;
        let long = victim == Victim::Worker && *count % LONG_AWAY_EACH == LONG_AWAY_EACH / 4;
        self.long_away += usize::from(long);
        let pause = if dice.percent(50) { Duration::ZERO } else { dice.millis(1, 300) };
        let away = if long { LONG_AWAY } else { pause };
        let early: Vec<Duration> = (0..usize::from(dice.percent(15))).map(|_| dice.millis(1, 250)).collect();
        *self.kills.entry(Victim::Starting).or_default() += early.len();
        let kills = 1 + early.len();
        self.restarts.spawn_blocking(move || node.restart(away, &early));
        kills
    }

    fn kill_one(&mut self, victim: Victim, processes: &[Process], dice: &mut Dice) -> usize {
        let killed = dice.one_of(processes).is_some_and(processes::kill);
        *self.kills.entry(victim).or_default() += usize::from(killed);
        usize::from(killed)
    }

    /// Waits until every node is there again.
    pub async fn settle(&mut self) {
        while let Some(restarted) = self.restarts.join_next().await {
            restarted.expect("a node does not start again");
        }
    }

    /// What builds left behind on the nodes: processes, and files in the scratch folders.
    pub fn left_behind(&self) -> Vec<String> {
        let mut left = vec![];
        for node in &self.nodes {
            left.extend(processes::about(&node.scratch()).iter().map(|process| format!("a process of a build is left: {}", process.line)));
            let entries = std::fs::read_dir(node.scratch()).unwrap().flatten();
            left.extend(entries.map(|entry| format!("a scratch folder is left: {}", entry.path().display())));
        }
        left
    }

    /// Ends the nodes as an operator would, and says what is wrong with how they end.
    pub fn stop(&self) -> Vec<String> {
        let mut processes: Vec<_> = self.nodes.iter().filter_map(|node| node.process.lock().unwrap().take()).collect();
        processes.iter().for_each(|process| process.signal(Signal::TERM));
        let ends = processes.iter_mut().map(|process| process.child.wait().unwrap());
        let mut faults: Vec<String> = ends.filter(|status| !status.success()).map(|status| format!("a node ended with {status}")).collect();
        faults.extend(processes::about(self.root.path()).iter().map(|process| format!("a process is left: {}", process.line)));
        faults
    }

    /// Starts the server once more, to sweep at once.
    pub fn start_to_sweep(&self) {
        let (mut command, node) = (self.nodes[0].command(), &self.nodes[0]);
        command.env("BUILDCAST_SWEEP_SECONDS", "1");
        let server = ServerProcess::run(command, &node.folder, node.log());
        *node.process.lock().unwrap() = Some(server);
    }

    /// What the nodes wrote into their logs as errors; a supervisor that was killed is one.
    pub fn errors(&self) -> Vec<String> {
        let logs = self.nodes.iter().map(|node| std::fs::read_to_string(node.folder.with_extension("log")).unwrap());
        let killed = ["the supervisor of a command is gone", "a command's outcome is unknown"];
        let expected = |line: &str| self.kills.contains_key(&Victim::Supervisor) && killed.iter().any(|fault| line.contains(fault));
        let wrong = |line: &&str| (line.contains("\"level\":\"ERROR\"") || line.contains("panicked")) && !expected(line);
        logs.flat_map(|log| log.lines().filter(wrong).map(|line| format!("a node says {line}")).collect::<Vec<_>>()).collect()
    }

    /// Keeps the files of a run that went wrong.
    pub fn keep(self) -> PathBuf {
        let Self { root, nodes, .. } = self;
        drop(nodes);
        root.keep()
    }
}
