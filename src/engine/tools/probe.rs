//! Asking programs of this machine what they are. They run outside of any build: in an empty folder, without the server's
//! environment.

use crate::engine::sandbox::search_path;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::process::Command;
use tokio::time::timeout;

/// How long a program may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// A program's file as it was when it was asked: another one under the same name is asked anew.
type Asked = (PathBuf, u64, SystemTime);

/// Answers of programs, each asked once.
#[derive(Debug)]
pub(super) struct Probes {
    folder: PathBuf,
    answers: Mutex<HashMap<Asked, String>>,
}

impl Probes {
    /// `folder` is made anew, and stays empty.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir_all(&folder)?,
        }
        Ok(Self { folder, answers: Mutex::default() })
    }

    /// The one line that a program answers with; none when it fails or says more.
    pub async fn ask(&self, program: &Path, arguments: &[&str]) -> Option<String> {
        let meta = program.metadata().ok()?;
        let asked = (program.to_owned(), meta.len(), meta.modified().ok()?);
        if let Some(answer) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&asked) {
            return Some(answer.clone());
        }
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env_clear().env("PATH", search_path()).env("HOME", &self.folder);
        // some programs of these names only stand for others, which they would download
        command.env("COREPACK_ENABLE_NETWORK", "0").env("YARN_IGNORE_PATH", "1");
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = timeout(ANSWER_MAX, command.output()).await.ok()?.ok()?;
        let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        if !output.status.success() || answer.is_empty() || answer.contains('\n') {
            return None;
        }
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, answer.clone());
        Some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn a_program_is_asked_once_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let probes = Probes::open(folder.path().join("probe")).unwrap();
        let (program, asked) = (folder.path().join("program"), folder.path().join("asked"));
        let write = |answer: &str| {
            std::fs::write(&program, format!("#!/bin/sh\necho x >> {}\n{answer}\n", asked.display())).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        write("echo 1.2.3");
        for _ in 0..2 {
            assert_eq!(probes.ask(&program, &[]).await.as_deref(), Some("1.2.3"));
        }
        assert_eq!(std::fs::read_to_string(&asked).unwrap(), "x\n");
        for (answer, expected) in [("echo 10.20.30", Some("10.20.30")), ("echo one; echo two", None), ("echo 9.9.9; exit 1", None), ("true  ", None)] {
            write(answer);
            assert_eq!(probes.ask(&program, &[]).await.as_deref(), expected, "{answer}");
        }
        assert_eq!(probes.ask(&folder.path().join("absent"), &[]).await, None);
    }
}
