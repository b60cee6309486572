//! What an install left in a project's folder, looked at without following a link.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// Things in an entry at most.
const ITEMS_MAX: usize = 500_000;
/// How deep below the project's folder an install may put packages: members of a workspace.
const MEMBERS_DEPTH_MAX: usize = 6;
/// What Yarn 2 and later leaves beside `node_modules`.
const BESIDE: &[&str] = &[".pnp.cjs", ".pnp.loader.mjs", ".yarn/cache", ".yarn/unplugged", ".yarn/install-state.gz", ".yarn/build-state.yml"];

/// A thing of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Its path, relative to the project's folder.
    pub path: PathBuf,
    pub kind: Kind,
}

/// What a thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File {
        bytes: u64,
        executable: bool,
    },
    /// With what it points to, as it stands in the link.
    Link(PathBuf),
}

/// Why a tree is not kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfit {
    #[error("{} leads outside", .0.display())]
    LinkOutside(PathBuf),
    #[error("{} is neither file, folder nor link", .0.display())]
    Special(PathBuf),
    #[error("there is too much in it")]
    TooMany,
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// The places that an install filled, relative to the project's folder: each `node_modules`, and what stands beside.
pub(super) fn roots(project: &Path) -> io::Result<Vec<PathBuf>> {
    let mut roots: Vec<PathBuf> = BESIDE.iter().map(PathBuf::from).filter(|path| project.join(path).symlink_metadata().is_ok()).collect();
    look_for(project, Path::new(""), 0, &mut roots)?;
    Ok(roots)
}

fn look_for(project: &Path, folder: &Path, depth: usize, roots: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(project.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            roots.push(path);
        } else if entry.file_type()?.is_dir() && depth < MEMBERS_DEPTH_MAX {
            look_for(project, &path, depth + 1, roots)?;
        }
    }
    Ok(())
}

/// All that is in these places, a folder before what it holds, links last: nothing is written through a link when they are
/// made again in this order.
pub(super) fn items(project: &Path, roots: &[PathBuf]) -> Result<Vec<Item>, Unfit> {
    let (mut items, mut links) = (Vec::new(), Vec::new());
    let mut next: Vec<PathBuf> = roots.to_vec();
    while let Some(path) = next.pop() {
        let meta = project.join(&path).symlink_metadata()?;
        if items.len() + links.len() >= ITEMS_MAX {
            return Err(Unfit::TooMany);
        }
        if meta.is_dir() {
            for entry in std::fs::read_dir(project.join(&path))? {
                next.push(path.join(entry?.file_name()));
            }
            items.push(Item { path, kind: Kind::Folder });
        } else if meta.is_file() {
            items.push(Item { path, kind: Kind::File { bytes: meta.len(), executable: meta.permissions().mode() & 0o111 != 0 } });
        } else if meta.is_symlink() {
            let target = std::fs::read_link(project.join(&path))?;
            if !stays_inside(&path, &target) {
                return Err(Unfit::LinkOutside(path));
            }
            links.push(Item { path, kind: Kind::Link(target) });
        } else {
            return Err(Unfit::Special(path));
        }
    }
    items.append(&mut links);
    Ok(items)
}

/// Whether a link at `path`, whose folders are real, stays in the project's folder. Only steps up that come first count
/// as such: after a name, which may be a link itself, they could lead anywhere.
pub(super) fn stays_inside(path: &Path, target: &Path) -> bool {
    let mut room = path.components().count().saturating_sub(1);
    let mut named = false;
    for part in target.components() {
        match part {
            Component::ParentDir if named || room == 0 => return false,
            Component::ParentDir => room -= 1,
            Component::Normal(_) => named = true,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

/// Whether a path is a plain one below the project's folder.
pub(super) fn is_below(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_may_only_lead_within_the_project() {
        let stays = |path: &str, target: &str| stays_inside(Path::new(path), Path::new(target));
        assert!(stays("node_modules/.bin/vite", "../vite/bin/vite.js"));
        assert!(stays("node_modules/@w/a", "../../packages/a"));
        assert!(!stays("node_modules/a", "/etc"));
        assert!(!stays("node_modules/a", "../../other"));
        assert!(!stays("node_modules/a", "b/../../x"), "a name may be a link to somewhere else");
    }

    #[test]
    fn every_place_is_found_and_links_come_last() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["node_modules/a/node_modules/b", "packages/x/node_modules/c", "src"] {
            std::fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        std::fs::write(folder.path().join("node_modules/a/index.js"), "1").unwrap();
        symlink("a", folder.path().join("node_modules/0")).unwrap();
        let mut found = roots(folder.path()).unwrap();
        found.sort();
        assert_eq!(found, [PathBuf::from("node_modules"), PathBuf::from("packages/x/node_modules")]);
        let items = items(folder.path(), &found).unwrap();
        assert_eq!(items.len(), 8);
        assert_eq!(items.last().unwrap().kind, Kind::Link("a".into()));
    }

    #[test]
    fn a_tree_that_leads_out_or_holds_a_device_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let modules = folder.path().join("node_modules");
        std::fs::create_dir(&modules).unwrap();
        symlink("/etc/passwd", modules.join("a")).unwrap();
        assert!(matches!(items(folder.path(), &["node_modules".into()]), Err(Unfit::LinkOutside(_))));
        std::fs::remove_file(modules.join("a")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(modules.join("s")).unwrap();
        assert!(matches!(items(folder.path(), &["node_modules".into()]), Err(Unfit::Special(_))));
    }
}
