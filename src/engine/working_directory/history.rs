//! A project's history: a bare git repository beside its working directory, with a commit for each version that was there.
//! The files go in as a stream: git neither looks at the directory nor runs anything that a project says.

use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

const BRANCH: &str = "refs/heads/main";

/// What a commit says.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Entry {
    /// One line; the last commit is not repeated with the same one.
    pub subject: String,
    /// When, epoch seconds.
    pub at_seconds: i64,
}

/// Adds the files below a folder as a commit, unless the last one says the same. `home` is a folder of the attempt's own: by
/// it git is found, and ended, when its server is gone. Blocks until it is done, or `over` is set.
pub(in crate::engine) fn record(history: &Path, files: &Path, entry: &Entry, home: &Path, over: &AtomicBool) -> io::Result<()> {
    if !history.join("HEAD").exists() {
        run(git(home).args(["init", "--quiet", "--bare", "--template=", "--initial-branch=main"]).arg(history))?;
    }
    let last = git(home).arg("--git-dir").arg(history).args(["log", "-1", "--format=%s", BRANCH, "--"]).stderr(Stdio::null()).output()?;
    if last.status.success() && String::from_utf8_lossy(&last.stdout).trim_end() == entry.subject {
        return Ok(());
    }
    let mut import = git(home);
    import.arg("--git-dir").arg(history).args(["fast-import", "--quiet", "--done", "--date-format=raw"]);
    let mut child = import.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let written = write(&mut child, files, entry, last.status.success(), over);
    if written.is_err() {
        // git would wait for the rest of a stream that does not come
        let _ = child.kill();
    }
    let mut told = String::new();
    if let Some(stderr) = child.stderr.take() {
        stderr.take(4096).read_to_string(&mut told)?;
    }
    let status = child.wait()?;
    written?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("git: {status}: {}", told.trim()))) }
}

fn write(child: &mut Child, files: &Path, entry: &Entry, follows: bool, over: &AtomicBool) -> io::Result<()> {
    let stdin = child.stdin.take().ok_or_else(|| io::Error::other("git has no input"))?;
    let mut stream = BufWriter::with_capacity(1 << 16, stdin);
    writeln!(stream, "commit {BRANCH}\ncommitter buildcast <buildcast@localhost> {} +0000", entry.at_seconds)?;
    writeln!(stream, "data {}\n{}", entry.subject.len(), entry.subject)?;
    if follows {
        writeln!(stream, "from {BRANCH}^0")?;
    }
    writeln!(stream, "deleteall")?;
    for (name, path) in crate::service::pack::files_under(files, &[])? {
        if over.load(Ordering::Relaxed) {
            return Err(io::Error::new(ErrorKind::Interrupted, "nobody wants it any more"));
        }
        let bytes = std::fs::read(path)?;
        writeln!(stream, "M 100644 inline {}\ndata {}", quoted(&name), bytes.len())?;
        stream.write_all(&bytes)?;
        stream.write_all(b"\n")?;
    }
    stream.write_all(b"done\n")?;
    stream.flush()
}

/// A path as the stream wants it; a project's paths hold no control characters.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

fn git(home: &Path) -> Command {
    let mut command = Command::new("git");
    command.env_clear().current_dir(home).stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into())).env("HOME", home);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("LC_ALL", "C");
    command
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() { Ok(()) } else { Err(io::Error::other(format!("git: {}", String::from_utf8_lossy(&output.stderr).trim()))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(history: &Path, arguments: &[&str]) -> String {
        let output = Command::new("git").arg("--git-dir").arg(history).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn each_version_is_a_commit_and_none_is_told_twice() {
        let data = tempfile::tempdir().unwrap();
        let (history, files) = (data.path().join("history.git"), data.path().join("files"));
        std::fs::create_dir_all(files.join("a b")).unwrap();
        std::fs::write(files.join("a b/\"quoted\" ü.txt"), "one\n").unwrap();
        // neither is obeyed
        std::fs::write(files.join(".gitignore"), "*\n").unwrap();
        std::fs::write(files.join(".gitattributes"), "* filter=evil text eol=crlf\n").unwrap();
        let over = AtomicBool::new(false);
        let entry = |subject: &str| Entry { subject: subject.into(), at_seconds: 1_700_000_000 };
        record(&history, &files, &entry("1.0.0"), data.path(), &over).unwrap();
        record(&history, &files, &entry("1.0.0"), data.path(), &over).unwrap();
        std::fs::remove_file(files.join(".gitignore")).unwrap();
        std::fs::write(files.join("empty"), "").unwrap();
        record(&history, &files, &entry("1.1.0"), data.path(), &over).unwrap();
        assert_eq!(told(&history, &["log", "--format=%s %ct", "main"]), "1.1.0 1700000000\n1.0.0 1700000000\n");
        assert_eq!(told(&history, &["-c", "core.quotePath=false", "ls-tree", "-rz", "--name-only", "main"]), ".gitattributes\0a b/\"quoted\" ü.txt\0empty\0");
        assert_eq!(told(&history, &["show", "main:a b/\"quoted\" ü.txt"]), "one\n");
        told(&history, &["fsck", "--strict"]);
        // one that nobody wants any more changes nothing
        over.store(true, Ordering::Relaxed);
        assert_eq!(record(&history, &files, &entry("1.2.0"), data.path(), &over).unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(told(&history, &["log", "-1", "--format=%s", "main"]), "1.1.0\n");
    }
}
