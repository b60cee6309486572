//! Figures of runs, and tables of them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

use super::servers::{Server, program};

/// What the load client printed.
pub struct Figures(Value);

impl Figures {
    /// A figure by its name.
    pub fn get(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap_or(f64::NAN)
    }

    /// Whether every subscriber got every event once and in order.
    pub fn complete(&self) -> bool {
        let wrong = ["failed", "dropped", "lost", "gaps", "dup", "unordered", "publish_errors"].map(|name| self.get(name));
        wrong.iter().all(|count| *count == 0.0) && self.get("delivered") > 0.0
    }
}

/// Runs the load client against a server.
pub fn swarm(server: &Server, load: &str) -> Figures {
    let mut command = Command::new(program("swarm"));
    command.args(&server.options).args(load.split_whitespace()).args(["--pids", &server.pid.to_string()]);
    let output = command.stderr(std::process::Stdio::inherit()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Figures(serde_json::from_str(&text).unwrap_or_else(|error| panic!("the load client said {text:?}: {error}")))
}

/// Starts the load client and leaves it running, once its connections are open.
pub fn hold(server: &Server, load: &str) -> std::process::Child {
    let options = server.options.iter().map(String::as_str).chain(load.split_whitespace());
    let child = Command::new(program("swarm")).args(options).stdout(std::process::Stdio::null()).spawn().expect("the load client starts");
    std::thread::sleep(std::time::Duration::from_secs(4));
    child
}

/// Runs of several servers, by name in the order of their first run.
#[derive(Default)]
pub struct Rounds {
    order: Vec<String>,
    runs: BTreeMap<String, Vec<Figures>>,
}

impl Rounds {
    pub fn add(&mut self, name: &str, figures: Figures) {
        if !self.runs.contains_key(name) {
            self.order.push(name.to_owned());
        }
        self.runs.entry(name.to_owned()).or_default().push(figures);
    }

    /// The median over the rounds.
    pub fn median(&self, name: &str, figure: &str) -> f64 {
        let mut values: Vec<f64> = self.runs[name].iter().map(|run| run.get(figure)).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    /// Prints a row a server, each figure the median of the rounds; CPU also as the ratio to the first server's in the
    /// same round. Says whether all runs were complete.
    pub fn print(&self, columns: &[(&str, &str, f64)]) -> bool {
        let base = &self.order[0];
        let titles: String = columns.iter().map(|(_, title, _)| format!(" {title} |")).collect();
        println!("| | complete | CPU per delivery, µs | ratio |{titles}");
        println!("| --- | --- | --- | --- |{}", " --- |".repeat(columns.len()));
        let mut complete = true;
        for name in &self.order {
            let whole = self.runs[name].iter().all(Figures::complete);
            complete &= whole;
            let mut ratios: Vec<f64> =
                self.runs[name].iter().zip(&self.runs[base]).map(|(a, b)| a.get("cpu_us_per_delivery") / b.get("cpu_us_per_delivery")).collect();
            ratios.sort_by(f64::total_cmp);
            let cells: String = columns.iter().map(|(figure, _, unit)| format!(" {:.1} |", self.median(name, figure) / unit)).collect();
            let whole = if whole { "yes" } else { "no" };
            println!("| {name} | {whole} | {:.2} | {:.2} |{cells}", self.median(name, "cpu_us_per_delivery"), ratios[ratios.len() / 2]);
        }
        complete
    }
}
