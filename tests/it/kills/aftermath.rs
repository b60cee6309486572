//! What must hold outside of the database, whatever died: artifacts, previews, files.

use super::nodes::Nodes;
use super::recipes::Recipe;
use super::{load::Outcome, rows::Rows};
use buildcast::artifacts::pack::files_under;
use buildcast::artifacts::store::sha256_of_file;
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// The objects of a folder, by their keys.
fn objects(artifacts: &Path) -> BTreeMap<String, PathBuf> {
    files_under(artifacts, &[]).unwrap()
}

/// Files of writes that a kill broke off: the object store numbers them until they are whole.
pub fn broken_off(artifacts: &Path) -> Vec<PathBuf> {
    objects(artifacts).into_iter().filter(|(key, _)| key.contains('#')).map(|(_, path)| path).collect()
}

/// Whole objects that no row names: their build was killed between the write and its commit.
pub fn unnamed(artifacts: &Path, rows: &Rows) -> usize {
    let named: BTreeSet<&String> = rows.versions.iter().map(|version| &version.artifact_key).chain(&rows.sources).collect();
    objects(artifacts).keys().filter(|key| !key.contains('#') && !named.contains(key)).count()
}

/// Every version's artifact is there as it was made, and every source.
pub fn object_faults(artifacts: &Path, rows: &Rows) -> Vec<String> {
    let objects = objects(artifacts);
    let sum = |key: &String| objects.get(key).map(|path| sha256_of_file(path).unwrap());
    let mut faults: Vec<String> = rows.sources.iter().filter(|key| sum(key).is_none()).map(|key| format!("the source {key} is gone")).collect();
    let broken = rows.versions.iter().filter(|version| sum(&version.artifact_key).as_ref() != Some(&version.artifact_sha256));
    faults.extend(broken.map(|version| format!("the artifact {} is gone or changed", version.artifact_key)));
    faults
}

/// Every project shows the output of its last deployed build.
pub async fn preview_faults(nodes: &Nodes, rows: &Rows, outcome: &Outcome) -> Vec<String> {
    let client = nodes.clients().borrow().clone();
    let marks: BTreeMap<&str, &str> =
        outcome.promises.iter().filter(|p| p.recipe != Recipe::Fails).map(|promise| (promise.build_id.as_str(), promise.mark.as_str())).collect();
    let mut faults = vec![];
    for project in &rows.projects {
        let Some(version) = rows.versions.iter().find(|version| Some(&version.id) == project.preview_version_id.as_ref()) else { continue };
        // the mark of a start whose answer was lost is not known
        let Some(mark) = marks.get(version.build_id.as_str()) else { continue };
        let page = client.http.request(Method::GET, format!("{}/p/{}/", client.preview, project.id)).send().await.unwrap();
        let (status, text) = (page.status(), page.text().await.unwrap());
        if !status.is_success() || !text.trim_end().ends_with(&format!("<p>{mark}")) {
            faults.push(format!("the preview of {} shows {status} {text:?}, not {mark}", project.id));
        }
    }
    faults
}

/// Lets more than a day pass for these files.
pub fn age(files: &[PathBuf]) {
    let yesterday = UNIX_EPOCH + Duration::from_millis(SystemClock.now_ms().unsigned_abs()) - Duration::from_secs(86_400 + 1);
    files.iter().for_each(|file| std::fs::File::options().write(true).open(file).unwrap().set_modified(yesterday).unwrap());
}
