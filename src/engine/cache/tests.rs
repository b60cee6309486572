use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::atomic::Ordering;

struct Fixture {
    folder: tempfile::TempDir,
    cache: DependencyCache,
    over: AtomicBool,
}

fn key(name: &str) -> Key {
    Key(name.into())
}

impl Fixture {
    fn new(bytes_max: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = DependencyCache::open(folder.path().join("cache"), bytes_max).unwrap();
        Self { folder, cache, over: AtomicBool::new(false) }
    }

    /// A project's folder with one package in it.
    fn project(&self, name: &str, text: &str) -> PathBuf {
        let project = self.folder.path().join(name);
        std::fs::create_dir_all(project.join("node_modules/a/bin")).unwrap();
        std::fs::create_dir_all(project.join("node_modules/.bin")).unwrap();
        std::fs::write(project.join("node_modules/a/index.js"), text).unwrap();
        std::fs::write(project.join("node_modules/a/bin/a"), "#!/bin/sh").unwrap();
        std::fs::set_permissions(project.join("node_modules/a/bin/a"), std::fs::Permissions::from_mode(0o4777)).unwrap();
        symlink("../a/bin/a", project.join("node_modules/.bin/a")).unwrap();
        project
    }

    fn empty(&self, name: &str) -> PathBuf {
        let project = self.folder.path().join(name);
        std::fs::create_dir_all(&project).unwrap();
        project
    }

    fn store(&self, name: &str, project: &Path, now_ms: i64) {
        self.cache.store(&key(name), project, 1, now_ms, name, &self.over);
    }

    fn restore(&self, name: &str, project: &Path, now_ms: i64) -> Option<Restored> {
        self.cache.restore(&key(name), project, now_ms, &self.over)
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.cache.folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn what_was_stored_comes_back_as_it_was() {
    let fixture = Fixture::new(1 << 20);
    let project = fixture.project("one", "1");
    std::fs::create_dir_all(project.join("packages/x/node_modules/b")).unwrap();
    std::fs::create_dir_all(project.join(".yarn")).unwrap();
    std::fs::write(project.join(".yarn/install-state.gz"), "state").unwrap();
    let long = "long".repeat(40);
    std::fs::create_dir_all(project.join("node_modules").join(&long)).unwrap();
    std::fs::write(project.join("node_modules").join(&long).join(&long), "x").unwrap();
    fixture.store("k", &project, 1000);
    let other = fixture.empty("two");
    // what is there already goes
    std::fs::create_dir_all(other.join("node_modules/old")).unwrap();
    assert_eq!(fixture.restore("k", &other, 3500), Some(Restored { packages: 1, age_ms: 2500 }));
    let mode = |path: &str| other.join(path).metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!(std::fs::read_to_string(other.join("node_modules/a/index.js")).unwrap(), "1");
    assert_eq!((mode("node_modules/a/index.js") & 0o111, mode("node_modules/a/bin/a") & 0o7100), (0, 0o100), "runnable, and without its other bits");
    assert_eq!(std::fs::read_link(other.join("node_modules/.bin/a")).unwrap(), Path::new("../a/bin/a"));
    assert_eq!(std::fs::read_to_string(other.join("node_modules").join(&long).join(&long)).unwrap(), "x");
    assert!(other.join("packages/x/node_modules/b").is_dir() && other.join(".yarn/install-state.gz").is_file());
    assert!(!other.join("node_modules/old").exists());
    assert_eq!(fixture.restore("other", &other, 0), None);
}

#[test]
fn a_build_that_changes_its_packages_changes_only_its_own() {
    let fixture = Fixture::new(1 << 20);
    fixture.store("k", &fixture.project("one", "1"), 0);
    let second = fixture.empty("two");
    fixture.restore("k", &second, 0).unwrap();
    std::fs::write(second.join("node_modules/a/index.js"), "poison").unwrap();
    let third = fixture.empty("three");
    fixture.restore("k", &third, 0).unwrap();
    assert_eq!(std::fs::read_to_string(third.join("node_modules/a/index.js")).unwrap(), "1");
}

#[test]
fn a_damaged_entry_is_dropped_and_leaves_nothing() {
    let fixture = Fixture::new(1 << 20);
    let project = fixture.project("one", "content that can be found");
    let damages: [fn(&mut Vec<u8>); 5] = [
        |bytes| {
            let at = bytes.windows(7).position(|part| part == b"content").unwrap();
            bytes[at] ^= 1;
        },
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.clear(),
        |bytes| bytes[0] ^= 0xff,
        |bytes| bytes.extend_from_slice(&[0xff; 8]),
    ];
    for (at, damage) in damages.into_iter().enumerate() {
        fixture.store("k", &project, 0);
        let path = fixture.cache.path_of(&key("k"));
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        let other = fixture.empty(&format!("other-{at}"));
        assert_eq!(fixture.restore("k", &other, 0), None, "{at}");
        assert_eq!(fixture.files(), Vec::<String>::new(), "{at}");
        assert_eq!(std::fs::read_dir(&other).unwrap().count(), 0, "{at}");
    }
}

#[test]
fn the_least_recently_used_go_first_and_a_reader_keeps_what_it_holds() {
    let fixture = Fixture::new(48 << 10);
    let project = fixture.project("one", &"x".repeat(10_000));
    for (at, name) in ["a", "b", "c"].into_iter().enumerate() {
        fixture.store(name, &project, at as i64 * 1000);
    }
    assert_eq!(fixture.files(), ["a.packages", "b.packages", "c.packages"]);
    fixture.restore("a", &fixture.empty("two"), 10_000).unwrap();
    let mut held = File::open(fixture.cache.path_of(&key("b"))).unwrap();
    fixture.store("d", &project, 11_000);
    assert_eq!(fixture.files(), ["a.packages", "c.packages", "d.packages"]);
    let (about, length) = entry::about(&mut held).unwrap();
    let other = fixture.empty("three");
    entry::read(held, length, &about.sha256, &other, &fixture.over).unwrap();
    assert!(other.join("node_modules/a/index.js").is_file());
}

#[test]
fn what_is_too_large_leads_out_or_comes_too_late_is_not_kept() {
    let fixture = Fixture::new(64 << 10);
    fixture.store("large", &fixture.project("one", &"x".repeat(20_000)), 0);
    let out = fixture.project("two", "1");
    symlink("/etc", out.join("node_modules/etc")).unwrap();
    fixture.store("out", &out, 0);
    fixture.over.store(true, Ordering::Relaxed);
    fixture.store("late", &fixture.project("three", "1"), 0);
    assert_eq!(fixture.files(), Vec::<String>::new());
}

#[test]
fn a_restart_removes_what_was_not_finished_and_keeps_to_a_new_bound() {
    let fixture = Fixture::new(1 << 20);
    fixture.store("k", &fixture.project("one", "1"), 0);
    std::fs::write(fixture.cache.folder.join("k-x.part"), "half").unwrap();
    DependencyCache::open(fixture.cache.folder.clone(), 1 << 20).unwrap();
    assert_eq!(fixture.files(), ["k.packages"]);
    DependencyCache::open(fixture.cache.folder.clone(), 0).unwrap();
    assert_eq!(fixture.files(), Vec::<String>::new());
}

#[test]
fn stores_and_restores_of_one_entry_do_not_disturb_each_other() {
    let fixture = Fixture::new(1 << 20);
    let project = fixture.project("one", &"x".repeat(50_000));
    fixture.store("k", &project, 0);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (fixture, project) = (&fixture, &project);
            scope.spawn(move || {
                for round in 0..5 {
                    fixture.cache.store(&key("k"), project, 1, 0, &format!("{writer}-{round}"), &fixture.over);
                    let other = fixture.empty(&format!("other-{writer}-{round}"));
                    assert!(fixture.restore("k", &other, 0).is_some());
                    assert_eq!(std::fs::read(other.join("node_modules/a/index.js")).unwrap().len(), 50_000);
                }
            });
        }
    });
    assert_eq!(fixture.files(), ["k.packages"]);
}

#[test]
fn packages_belong_to_who_owns_the_projects_folder() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let fixture = Fixture::new(1 << 20);
    fixture.store("k", &fixture.project("one", "1"), 0);
    let other = fixture.empty("two");
    std::os::unix::fs::chown(&other, Some(4242), Some(4243)).unwrap();
    fixture.restore("k", &other, 0).unwrap();
    for path in ["node_modules", "node_modules/a/index.js", "node_modules/.bin/a"] {
        let meta = other.join(path).symlink_metadata().unwrap();
        assert_eq!((std::os::unix::fs::MetadataExt::uid(&meta), std::os::unix::fs::MetadataExt::gid(&meta)), (4242, 4243), "{path}");
    }
}
