//! Package managers and the cache of installs: real tools, the real registry.

use super::support::client::codes;
use super::support::{Kind, TestServer};
use serde_json::{Map, Value, json};

/// The start of a build of a sample, with files in the stead of its own.
fn sample(name: &str, user: &str, changed: &[(&str, String)]) -> Value {
    let found = buildcast::artifacts::pack::files_under(format!("tests/it/samples/{name}").as_ref(), &["node_modules", "dist"]).unwrap();
    let mut files: Map<String, Value> = found.into_iter().map(|(path, file)| (path, std::fs::read_to_string(file).unwrap().into())).collect();
    files.extend(changed.iter().map(|(path, text)| ((*path).to_owned(), text.clone().into())));
    json!({"userId": user, "templateFiles": files})
}

/// The manifest of a sample with another build script and other fields.
fn manifest(name: &str, script: &str, fields: Value) -> (&'static str, String) {
    let text = std::fs::read_to_string(format!("tests/it/samples/{name}/package.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&text).unwrap();
    manifest["scripts"]["build"] = script.into();
    manifest.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    ("package.json", manifest.to_string())
}

async fn events_of(server: &TestServer, start: &Value) -> Vec<Value> {
    let build = server.client.start(start).await;
    server.client.events(&build).await
}

fn of<'a>(events: &'a [Value], code: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["code"] == code).map(|event| &event["params"]).collect()
}

/// What a build put on its page.
async fn page(server: &TestServer, events: &[Value]) -> String {
    let end = events.last().unwrap();
    assert_eq!(end["code"], "BUILD_COMPLETED", "{end}");
    server.client.http.get(end["preview_url"].as_str().unwrap()).send().await.unwrap().text().await.unwrap()
}

fn came_from_the_cache(events: &[Value]) -> bool {
    let (cached, installed) = (of(events, "BUILD_DEPENDENCIES_CACHED").len(), of(events, "BUILD_DEPENDENCIES_INSTALLING").len());
    assert!(cached + usize::from(installed > 0) == 1, "either: {:?}", codes(events));
    cached == 1
}

/// A sample builds with its tool; the second build uses the cache, says so, and makes the same.
async fn builds_twice(name: &str, word: &str) {
    let server = TestServer::start(Kind::Sqlite).await;
    let first = events_of(&server, &sample(name, "u", &[])).await;
    assert_eq!(page(&server, &first).await, "<!doctype html><html lang=\"en\"><title>Sample</title><p>true function</p></html>\n");
    let analyzing = of(&first, "BUILD_DEPENDENCIES_ANALYZING")[0];
    assert_eq!((&analyzing["packageManager"], &analyzing["count"]), (&json!(word), &json!(2)));
    assert!(!came_from_the_cache(&first));
    let installing = of(&first, "BUILD_DEPENDENCIES_INSTALLING");
    let mut named: Vec<String> = installing.iter().skip(1).map(|p| format!("{}@{}", p["package"].as_str().unwrap(), p["version"].as_str().unwrap())).collect();
    named.sort();
    assert_eq!(named, ["is-number@7.0.0", "picocolors@1.1.1"]);
    assert!(installing.iter().all(|p| p["packageManager"] == word && p["total"] == 2), "{installing:?}");
    assert_eq!(of(&first, "BUILD_DEPENDENCIES_COMPLETE")[0]["packagesInstalled"], 2);

    let source = std::fs::read_to_string(format!("tests/it/samples/{name}/build.js")).unwrap().replace("Sample", "Second");
    let second = events_of(&server, &sample(name, "u", &[("build.js", source)])).await;
    assert_eq!(page(&server, &second).await, page(&server, &first).await.replace("Sample", "Second"));
    assert!(came_from_the_cache(&second));
    let cached = of(&second, "BUILD_DEPENDENCIES_CACHED")[0];
    assert_eq!((&cached["packageManager"], &cached["count"]), (&json!(word), &json!(2)));
    assert!(cached["ageSeconds"].as_f64().is_some_and(|age| (0.0..120.0).contains(&age)));
    assert_eq!(of(&second, "BUILD_DEPENDENCIES_COMPLETE")[0]["packagesInstalled"], 2);
    assert_eq!(server.files_in("scratch"), Vec::<String>::new());
}

#[tokio::test]
async fn npm_builds_and_the_second_build_uses_the_cache() {
    builds_twice("npm", "npm").await;
}

#[tokio::test]
async fn pnpm_builds_and_the_second_build_uses_the_cache() {
    builds_twice("pnpm", "pnpm").await;
}

#[tokio::test]
async fn yarn_classic_builds_and_the_second_build_uses_the_cache() {
    builds_twice("yarn", "yarn").await;
}

#[tokio::test]
async fn yarn_berry_builds_and_the_second_build_uses_the_cache() {
    builds_twice("yarn-berry", "yarn").await;
}

#[tokio::test]
async fn bun_builds_and_the_second_build_uses_the_cache() {
    builds_twice("bun", "bun").await;
}

#[tokio::test]
async fn a_fetched_tool_runs_without_a_sandbox_too() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_SANDBOX", "none")]).await;
    for cached in [false, true] {
        let events = events_of(&server, &sample("yarn", "u", &[])).await;
        assert!(page(&server, &events).await.contains("true function"));
        assert_eq!(came_from_the_cache(&events), cached);
    }
}

#[tokio::test]
async fn plug_n_play_comes_back_from_the_cache_too() {
    let server = TestServer::start(Kind::Sqlite).await;
    let linker = (".yarnrc.yml", "nodeLinker: pnp\n".to_owned());
    let check = "import { existsSync } from 'node:fs'\nif (existsSync('node_modules') || !existsSync('.pnp.cjs')) throw new Error('not plugged')\n";
    let script = ("build.js", check.to_owned() + &std::fs::read_to_string("tests/it/samples/yarn-berry/build.js").unwrap());
    for cached in [false, true] {
        let events = events_of(&server, &sample("yarn-berry", "u", &[linker.clone(), script.clone()])).await;
        page(&server, &events).await;
        assert_eq!(came_from_the_cache(&events), cached);
        assert_eq!(of(&events, "BUILD_DEPENDENCIES_COMPLETE")[0]["packagesInstalled"], 2);
    }
}

#[tokio::test]
async fn two_builds_at_once_do_not_harm_each_other() {
    let server = TestServer::start(Kind::Sqlite).await;
    // both need a tool that nobody has fetched, and store what the other stores
    let (one, two) = (sample("pnpm", "u", &[]), sample("pnpm", "u", &[("other.txt", "x".into())]));
    let (one, two) = tokio::join!(events_of(&server, &one), events_of(&server, &two));
    assert_eq!(page(&server, &one).await, page(&server, &two).await);
    let (three, four) = (sample("pnpm", "u", &[("other.txt", "y".into())]), sample("pnpm", "u", &[("other.txt", "z".into())]));
    let (three, four) = tokio::join!(events_of(&server, &three), events_of(&server, &four));
    assert!(came_from_the_cache(&three) && came_from_the_cache(&four));
    assert_eq!(page(&server, &three).await, page(&server, &four).await);
    assert_eq!(server.files_in("cache/dependencies").len(), 1);
}

#[tokio::test]
async fn packages_that_a_build_changed_reach_no_other_build() {
    let server = TestServer::start(Kind::Sqlite).await;
    let poison = "node build.js && find node_modules -type f -exec sh -c 'echo poison > \"$1\"' sh {} ';' && rm -rf node_modules/picocolors";
    for cached in [false, true] {
        let events = events_of(&server, &sample("npm", "u", &[manifest("npm", poison, json!({}))])).await;
        assert!(page(&server, &events).await.contains("true function"));
        assert_eq!(came_from_the_cache(&events), cached);
    }
    let honest = events_of(&server, &sample("npm", "u", &[])).await;
    assert!(came_from_the_cache(&honest), "another build script does not make another install");
    assert!(page(&server, &honest).await.contains("true function"));
    // what scripts of an install may have left comes back to their own user only
    let other = events_of(&server, &sample("npm", "v", &[])).await;
    assert!(!came_from_the_cache(&other));
}

#[tokio::test]
async fn an_install_that_the_projects_code_takes_part_in_is_its_own() {
    let server = TestServer::start(Kind::Sqlite).await;
    let scripts =
        json!({"scripts": {"build": "mkdir -p dist && cp node_modules/is-number/mark dist/index.html", "postinstall": "cp mark node_modules/is-number/mark"}});
    let with = |mark: &str| sample("npm", "u", &[manifest("npm", "", scripts.clone()), ("mark", mark.into())]);
    for (mark, cached) in [("one", false), ("two", false), ("one", true), ("two", true)] {
        let events = events_of(&server, &with(mark)).await;
        assert_eq!((page(&server, &events).await.as_str(), came_from_the_cache(&events)), (mark, cached));
    }
}

#[tokio::test]
async fn another_lock_file_and_a_damaged_entry_are_installed_anew() {
    let server = TestServer::start(Kind::Sqlite).await;
    let start = sample("npm", "u", &[]);
    assert!(!came_from_the_cache(&events_of(&server, &start).await));
    let lock = std::fs::read_to_string("tests/it/samples/npm/package-lock.json").unwrap().replace("\"ISC\"", "\"MIT\"");
    let other = events_of(&server, &sample("npm", "u", &[("package-lock.json", lock)])).await;
    assert!(!came_from_the_cache(&other));
    let folder = server.folder.path().join("cache/dependencies");
    for name in server.files_in("cache/dependencies") {
        let mut bytes = std::fs::read(folder.join(&name)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(folder.join(&name), bytes).unwrap();
    }
    for cached in [false, true] {
        let events = events_of(&server, &start).await;
        assert!(page(&server, &events).await.contains("true function"));
        assert_eq!(came_from_the_cache(&events), cached);
    }
}

#[tokio::test]
async fn a_cache_of_no_bytes_keeps_nothing() {
    let server = TestServer::start_with(Kind::Sqlite, &[("BUILDCAST_CACHE_BYTES_MAX", "0")]).await;
    for _ in 0..2 {
        let events = events_of(&server, &sample("npm", "u", &[])).await;
        assert!(!came_from_the_cache(&events));
        page(&server, &events).await;
    }
    assert_eq!(server.files_in("cache"), Vec::<String>::new());
}

#[tokio::test]
async fn the_manifests_exact_version_is_the_one_that_runs() {
    let server = TestServer::start(Kind::Sqlite).await;
    let script = "mkdir dist && yarn --version > dist/index.html";
    for (field, version) in [("yarn@1.22.19", "1.22.19"), ("yarn@1.22.22+sha224.00", "1.22.22"), ("yarn@^1", "1.22.22")] {
        let events = events_of(&server, &sample("yarn", "u", &[manifest("yarn", script, json!({"packageManager": field}))])).await;
        assert_eq!(page(&server, &events).await.trim(), version, "{field}");
    }
}

#[tokio::test]
async fn installs_fail_with_their_reason() {
    let server = TestServer::start(Kind::Sqlite).await;
    let more = json!({"dependencies": {"is-number": "7.0.0", "picocolors": "1.1.1", "is-odd": "3.0.1"}});
    let stale = |name: &str| sample(name, "u", &[manifest(name, "node build.js", more.clone())]);
    let conflict = ("pnpm-lock.yaml", "<<<<<<< HEAD\nlockfileVersion: '9.0'\n".to_owned());
    let absent = json!({"packageManager": "pnpm@99.99.99"});
    let cases = [
        (stale("npm"), "command_failed", true, false),
        (stale("pnpm"), "command_failed", true, false),
        (stale("yarn"), "command_failed", true, false),
        (stale("yarn-berry"), "command_failed", true, false),
        (stale("bun"), "command_failed", true, false),
        (sample("pnpm", "u", &[conflict]), "lockfile_invalid", false, false),
        (sample("pnpm", "u", &[manifest("pnpm", "node build.js", absent)]), "package_manager_unavailable", false, true),
    ];
    for (start, reason, has_exit_code, recoverable) in cases {
        let events = events_of(&server, &start).await;
        let end = events.last().unwrap();
        assert_eq!((&end["code"], &end["params"]["reason"]), (&json!("BUILD_FAILED"), &json!(reason)), "{start}");
        assert_eq!(
            (end["params"]["exitCode"].as_i64().is_some_and(|code| code != 0), &end["params"]["recoverable"]),
            (has_exit_code, &json!(recoverable)),
            "{end}"
        );
    }
    assert_eq!(server.files_in("cache"), Vec::<String>::new());
    assert_eq!(server.files_in("scratch"), Vec::<String>::new());
}
