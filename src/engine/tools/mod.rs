//! Package managers: those of this machine, and those that were fetched from the npm registry, each version once, in a
//! folder of this node. A build sees them read only.

mod fetch;
mod probe;

use super::attempt::Attempt;
use super::sandbox::{installed, search_path};
use super::steps::StepError;
use crate::domain::package_manager::{Choice, PackageManager};
use probe::Probes;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Fetched versions that are kept: the least recently used goes when there are more, unless a build has it.
const KEPT_MAX: usize = 20;

/// The package managers of a node.
#[derive(Debug, Clone)]
pub struct Tools {
    folder: PathBuf,
    probes: Arc<Probes>,
    /// A place for each version that builds of this process have asked for.
    places: Arc<Mutex<HashMap<String, Arc<Place>>>>,
}

/// Where a fetched version is, or comes to be. Builds that use it or wait for it hold it.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    fetching: tokio::sync::Mutex<()>,
}

/// A package manager that a build may run.
#[derive(Debug, Clone)]
pub(super) struct Tool {
    pub manager: PackageManager,
    /// None: that of this machine.
    place: Option<Arc<Place>>,
    version: Option<String>,
    /// What the project asks of it beyond that, as variables.
    pub asked: BTreeMap<String, String>,
}

impl Tools {
    /// Opens the folder, and removes what a crash left unfinished there.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        let probes = Arc::new(Probes::open(folder.join("probe"))?);
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(fetch::GONE) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(Self { folder, probes, places: Arc::default() })
    }

    /// The package manager of a choice: this machine's where it suits the lock file, whose format has the version `lock`,
    /// and is what the manifest asks for; else one from the registry.
    pub(super) async fn obtain(&self, attempt: &Attempt, choice: &Choice, lock: u32) -> Result<Tool, StepError> {
        let manager = choice.manager;
        if manager == PackageManager::Npm && choice.version.is_none() {
            return Ok(Tool { manager, place: None, version: None, asked: BTreeMap::new() });
        }
        let here = self.version_here(manager).await;
        let suits = |version: &String| choice.version.as_ref().map_or_else(|| manager.reads(version, lock), |asked| asked == version);
        if let Some(version) = here.filter(suits) {
            return Ok(Tool { manager, place: None, version: Some(version), asked: BTreeMap::new() });
        }
        let version = choice.version.as_deref().or_else(|| manager.default_version(lock)).unwrap_or_default().to_owned();
        let place = self.place_of(manager, &version);
        fetch::ensure(attempt, self, &place, manager, &version).await?;
        // what is used last goes last; a clock that is off only changes the order
        let used = SystemTime::UNIX_EPOCH + Duration::from_millis(attempt.services.now_ms().unsigned_abs());
        let _ = std::fs::File::open(&place.folder).and_then(|folder| folder.set_modified(used));
        Ok(Tool { manager, place: Some(place), version: Some(version), asked: BTreeMap::new() })
    }

    /// The exact version of a tool; none when it does not run.
    pub(super) async fn version_of(&self, tool: &Tool) -> Option<String> {
        match &tool.version {
            Some(version) => Some(version.clone()),
            None => self.version_here(tool.manager).await,
        }
    }

    /// What Node.js this machine has: its version and what it was made for.
    pub(super) async fn node(&self) -> Option<String> {
        self.probes.ask(&installed("node")?, &["-p", "[process.version, process.platform, process.arch].join(' ')"]).await
    }

    async fn version_here(&self, manager: PackageManager) -> Option<String> {
        // what Node.js brings along under the names of the others downloads them from elsewhere
        let program = installed(manager.word()).filter(|file| !file.iter().any(|part| part == "corepack"))?;
        self.probes.ask(&program, &["--version"]).await
    }

    fn place_of(&self, manager: PackageManager, version: &str) -> Arc<Place> {
        let name = format!("{}-{version}", manager.word());
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, place| Arc::strong_count(place) > 1);
        let place = || Arc::new(Place { folder: self.folder.join(&name), fetching: tokio::sync::Mutex::default() });
        places.entry(name.clone()).or_insert_with(place).clone()
    }

    /// Puts the least recently used versions that no build holds out of the way, until there is room for one more; answers
    /// with what is to be removed.
    fn make_room(&self) -> io::Result<Vec<PathBuf>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.contains('-') && !name.starts_with(fetch::GONE) {
                held.push((entry.metadata()?.modified()?, name, entry.path()));
            }
        }
        held.sort();
        let too_many = (held.len() + 1).saturating_sub(KEPT_MAX);
        let mut gone = Vec::new();
        for (_, name, path) in held {
            // the map itself holds one
            let in_use = places.get(&name).is_some_and(|place| Arc::strong_count(place) > 1);
            if gone.len() < too_many && !in_use {
                places.remove(&name);
                let aside = self.folder.join(format!("{}{name}", fetch::GONE));
                std::fs::rename(path, &aside)?;
                gone.push(aside);
            }
        }
        Ok(gone)
    }
}

impl Tool {
    /// The program's name.
    pub fn program(&self) -> &'static str {
        self.manager.word()
    }

    /// What a build has to see for the program to run.
    pub fn shown(&self) -> Vec<PathBuf> {
        self.place.iter().map(|place| place.folder.clone()).collect()
    }

    /// The environment in which the program, and scripts that call it, find this very version, and keep what they fetch in
    /// the build's own folder.
    pub fn environment(&self, work: &Path) -> BTreeMap<String, String> {
        let own = |name: &str| work.join(name).display().to_string();
        let mut environment: BTreeMap<String, String> = match self.manager {
            PackageManager::Npm => vec![("npm_config_cache", own("npm-cache"))],
            PackageManager::Pnpm => pnpm(work),
            PackageManager::YarnClassic => {
                vec![("YARN_CACHE_FOLDER", own("yarn-cache")), ("YARN_IGNORE_PATH", "1".into()), ("SKIP_YARN_COREPACK_CHECK", "1".into())]
            }
            PackageManager::YarnBerry => {
                vec![("YARN_GLOBAL_FOLDER", own("yarn")), ("YARN_IGNORE_PATH", "1".into()), ("YARN_ENABLE_TELEMETRY", "0".into())]
            }
            PackageManager::Bun => vec![("BUN_INSTALL_CACHE_DIR", own("bun-cache")), ("DO_NOT_TRACK", "1".into())],
        }
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        environment.extend(self.registry());
        environment.extend(self.asked.clone());
        if let Some(place) = &self.place {
            environment.insert("PATH".into(), format!("{}:{}", place.folder.join("bin").display(), search_path()));
        }
        environment
    }

    /// npm's registry setting of the server, for the programs that do not read it under npm's name.
    fn registry(&self) -> Option<(String, String)> {
        let registry = ["npm_config_registry", "NPM_CONFIG_REGISTRY"].into_iter().find_map(|name| std::env::var(name).ok())?;
        let name = match self.manager {
            PackageManager::Npm | PackageManager::YarnClassic => return None,
            PackageManager::Pnpm => "pnpm_config_registry",
            PackageManager::YarnBerry => "YARN_NPM_REGISTRY_SERVER",
            PackageManager::Bun => "BUN_CONFIG_REGISTRY",
        };
        Some((name.to_owned(), registry))
    }
}

/// pnpm's settings, under the names of its former and its later versions.
fn pnpm(work: &Path) -> Vec<(&'static str, String)> {
    let store = work.join("pnpm-store").display().to_string();
    let (off, hoisted) = ("false".to_owned(), work.join("source/node_modules/.pnpm/node_modules").display().to_string());
    vec![
        ("npm_config_store_dir", store.clone()),
        ("pnpm_config_store_dir", store),
        // the version is decided here
        ("npm_config_manage_package_manager_versions", off.clone()),
        ("pnpm_config_manage_package_manager_versions", off.clone()),
        ("npm_config_package_manager_strict", off.clone()),
        ("pnpm_config_package_manager_strict", off.clone()),
        // what is installed is known to be right, and there is no network to install anew
        ("npm_config_verify_deps_before_run", off.clone()),
        ("pnpm_config_verify_deps_before_run", off.clone()),
        // the starters that it writes would name this build's folder, where the cache's next build is not
        ("npm_config_extend_node_path", off.clone()),
        ("pnpm_config_extend_node_path", off),
        ("NODE_PATH", hoisted),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_version_goes_unless_a_build_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let tools = Tools::open(folder.path().to_owned()).unwrap();
        let names: Vec<String> = (0..KEPT_MAX).map(|at| format!("pnpm-9.{at}.0")).collect();
        for (at, name) in names.iter().enumerate() {
            std::fs::create_dir(folder.path().join(name)).unwrap();
            let used = SystemTime::UNIX_EPOCH + Duration::from_secs(at as u64);
            std::fs::File::open(folder.path().join(name)).unwrap().set_modified(used).unwrap();
        }
        let held = tools.place_of(PackageManager::Pnpm, "9.0.0");
        let gone = tools.make_room().unwrap();
        assert_eq!(gone.len(), 1, "one more has room");
        assert!(held.folder.is_dir() && !folder.path().join(&names[1]).exists() && folder.path().join(&names[2]).is_dir());
        assert!(gone[0].is_dir(), "it is only out of the way");
        Tools::open(folder.path().to_owned()).unwrap();
        assert!(!gone[0].exists(), "a start removes what is left of it");
        assert_eq!(tools.make_room().unwrap(), Vec::<PathBuf>::new());
    }
}
