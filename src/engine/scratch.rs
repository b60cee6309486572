//! Folders that builds wrote into: removed whatever they hold.

use std::fs::Permissions;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Removes a folder with all that is in it: folders that can't be entered, and folders in folders without end, which
/// are lifted up one by one so that no path gets long. Nothing may be writing into it.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    // its own folder in the way is not followed: it may be a link by now
    if let Err(error) = folder.symlink_metadata() {
        return if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) };
    }
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    let (mut lifted, mut waiting) = (0_u64, vec![]);
    empty(folder, folder, &mut lifted, &mut waiting)?;
    while let Some(next) = waiting.pop() {
        let path = folder.join(format!("lifted-{next}"));
        empty(&path, folder, &mut lifted, &mut waiting)?;
        std::fs::remove_dir(&path)?;
    }
    std::fs::remove_dir(folder)
}

/// Removes the files of a folder, and lifts its folders up to `top` under a number.
fn empty(folder: &Path, top: &Path, lifted: &mut u64, waiting: &mut Vec<u64>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()? {
        if !entry.file_type()?.is_dir() {
            std::fs::remove_file(entry.path())?;
            continue;
        }
        std::fs::set_permissions(entry.path(), Permissions::from_mode(0o700))?;
        loop {
            *lifted += 1;
            let to = top.join(format!("lifted-{lifted}"));
            // the build may have used that name itself
            if to.symlink_metadata().is_ok() {
                continue;
            }
            std::fs::rename(entry.path(), to)?;
            waiting.push(*lifted);
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_build_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("build");
        std::fs::create_dir_all(path.join("shut/in")).unwrap();
        std::fs::create_dir_all(path.join("lifted-1/lifted-2")).unwrap();
        std::fs::write(path.join("shut/in/file"), "x").unwrap();
        std::fs::write(path.join("lifted-3"), "x").unwrap();
        std::os::unix::fs::symlink("/etc", path.join("link")).unwrap();
        std::fs::set_permissions(path.join("shut/in"), Permissions::from_mode(0o0)).unwrap();
        std::fs::set_permissions(path.join("shut"), Permissions::from_mode(0o0)).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists() && Path::new("/etc/passwd").exists());
        remove(&path).unwrap();
    }
}
