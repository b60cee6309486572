//! What protects this server from the builds it runs, as found at start.

use super::limits::BuildLimits;
use super::sandbox::Sandbox;
use super::users::Users;
use std::fmt::{Display, Formatter};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What protects this server.
#[derive(Debug, Clone)]
pub struct Protection {
    /// What keeps commands apart.
    pub sandbox: Sandbox,
    /// Users of their own for builds.
    pub users: Option<Users>,
    /// What a build may take.
    pub limits: BuildLimits,
}

impl Protection {
    /// Gives builds users of their own where that works: as root only, and without bubblewrap only where others may pass
    /// through the folders above `data`. There `data` is closed to them but for the way to their own files.
    pub fn new(sandbox: Sandbox, users: Option<Users>, limits: BuildLimits, data: &Path) -> std::io::Result<Self> {
        let mut users = users.filter(|_| rustix::process::geteuid().is_root());
        if let Some(some) = &users {
            let works = match &sandbox {
                Sandbox::Bubblewrap(_) => sandbox.works_as(some.first),
                Sandbox::None => data.ancestors().skip(1).all(passable),
            };
            if !works {
                tracing::warn!(folder = %data.display(), "builds have no users of their own: bubblewrap or setpriv does not allow it, or others may not pass through the folders above");
                users = None;
            } else if sandbox == Sandbox::None {
                close(data)?;
            }
        }
        Ok(Self { sandbox, users, limits })
    }
}

fn passable(folder: &Path) -> bool {
    folder.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0)
}

/// Leaves others the way through a folder, and nothing of what is in it.
fn close(data: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(data, Permissions::from_mode(0o711))?;
    for entry in std::fs::read_dir(data)?.flatten() {
        let meta = entry.metadata()?;
        if !meta.is_symlink() && entry.file_name() != "scratch" {
            std::fs::set_permissions(entry.path(), Permissions::from_mode(meta.permissions().mode() & 0o7770))?;
        }
    }
    Ok(())
}

impl Display for Protection {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let BuildLimits { memory_bytes, processes, disk_bytes, .. } = self.limits;
        let around = if self.sandbox == Sandbox::None { "not isolated: bubblewrap is missing, does not work or is not wanted" } else { "inside bubblewrap" };
        match &self.users {
            Some(users) => write!(f, "builds run {around}, each as a user of its own (from {})", users.first)?,
            None => write!(f, "builds run {around}, as the server's own user")?,
        }
        write!(f, ", watched: {} MiB of memory, {processes} processes, {} MiB of disk", memory_bytes >> 20, disk_bytes >> 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_folder_can_be_passed_and_not_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::fs::create_dir(folder.path().join("scratch")).unwrap();
        std::fs::set_permissions(folder.path().join("secret"), Permissions::from_mode(0o644)).unwrap();
        close(folder.path()).unwrap();
        let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(""), mode("secret")), (0o711, 0o640));
        assert!(passable(folder.path()) && mode("scratch") & 0o001 != 0);
    }
}
