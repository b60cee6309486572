//! This node's own folder: its lock, its id, and the secret that development makes up. The id outlives a restart, so
//! that a node finds its former self's builds.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A server that was killed leaves its lock to a child that it was just starting, for a moment.
const LOCK_TRIES: u32 = 20;
const LOCK_WAIT: Duration = Duration::from_millis(50);

/// A node's folder, locked.
#[derive(Debug)]
pub struct Node {
    /// The folder, as an absolute path.
    pub folder: PathBuf,
    /// The node's id.
    pub id: String,
    _lock: File,
}

/// Why a folder is not this node's.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Another process has it.
    #[error("BUILDCAST_DATA_DIR: {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// It can't be used.
    #[error("BUILDCAST_DATA_DIR: {0}")]
    Disk(#[from] io::Error),
}

impl Node {
    /// Opens a folder, made when it is missing, and locks it as long as the node lives.
    pub fn open(folder: &Path) -> Result<Self, NodeError> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let lock = File::create(folder.join("lock"))?;
        let mut tries = LOCK_TRIES;
        while let Err(refused) = lock.try_lock() {
            tries -= 1;
            match refused {
                TryLockError::WouldBlock if tries > 0 => std::thread::sleep(LOCK_WAIT),
                TryLockError::WouldBlock => return Err(NodeError::InUse(folder)),
                TryLockError::Error(error) => return Err(error.into()),
            }
        }
        let id = kept(&folder.join("node-id"))?;
        Ok(Self { folder, id, _lock: lock })
    }

    /// The secret that development uses when none is set: made once, so that tokens outlive a restart.
    pub fn development_secret(&self) -> Result<String, NodeError> {
        Ok(kept(&self.folder.join("development-secret"))?)
    }
}

/// The development secret of a folder whose server may be running.
pub fn development_secret_of(folder: &Path) -> io::Result<String> {
    Ok(std::fs::read_to_string(folder.join("development-secret"))?.trim().to_owned())
}

/// The random text that a file holds; made when it is missing, readable by its owner only.
fn kept(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let text = hex::encode(random);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_keeps_its_id_and_its_folder_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let node = Node::open(folder.path()).unwrap();
        assert!(matches!(Node::open(folder.path()), Err(NodeError::InUse(_))));
        let (id, secret) = (node.id.clone(), node.development_secret().unwrap());
        drop(node);
        let again = Node::open(folder.path()).unwrap();
        assert_eq!((again.id.clone(), again.development_secret().unwrap()), (id, secret.clone()));
        assert_eq!(development_secret_of(folder.path()).unwrap(), secret);
    }
}
