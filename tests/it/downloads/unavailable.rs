//! What can't be downloaded, why, and what is known of it from then on.

use super::Scene;
use crate::support::{Kind, on_both};
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

/// Looks for an artifact that came out so.
async fn checks(scene: &Scene, result: &str) -> u64 {
    let text = scene.ask(&format!("{}/metrics", scene.server.client.api), &[]).await.text().await.unwrap();
    let series = format!("artifact_availability_checks{{result=\"{result}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&series)).unwrap().parse().unwrap()
}

async fn unavailable(kind: Kind) {
    let scene = Scene::start(kind, &[]).await;
    let set = async |change: &str| scene.server.execute(&format!("UPDATE {change}")).await;
    let refused = |reason: &str| vec![(409, json!({"reason": reason})); 2];
    set("versions SET artifact_bytes = 2147483649").await;
    std::fs::rename(scene.artifact(), scene.artifact().with_extension("away")).unwrap();
    // from the row: the object is not even there
    assert_eq!(scene.refusal().await, vec![(413, json!({"limit": 2_147_483_648_u64, "actual": 2_147_483_649_u64})); 2]);
    set("versions SET artifact_bytes = 2147483648").await;
    assert_eq!(checks(&scene, "missing").await, 0);
    assert_eq!(scene.refusal().await, refused("artifact_missing"));
    assert_eq!(checks(&scene, "missing").await, 2);
    // from then on history says so, and it can't be published
    let (_, history) = scene.server.client.get(&format!("/v1/projects/{}/versions?userId=u", scene.project)).await;
    assert_eq!(history["versions"][0]["accessibility"]["previewDisabledReason"], "artifact_missing", "{history}");
    let publish = format!("/v1/projects/{}/publish/{}", scene.project, scene.version);
    let (status, error) = scene.server.client.post(&publish, &json!({"userId": "u"})).await;
    assert_eq!((status.as_u16(), &error["params"]["reason"]), (409, &json!("artifact_missing")), "{error}");
    assert_eq!(checks(&scene, "missing").await, 4);
    std::fs::rename(scene.artifact().with_extension("away"), scene.artifact()).unwrap();
    // as a sweep does that finds it again
    set("versions SET artifact_gone = NULL").await;
    assert_eq!(scene.refusal().await[0].0, 200);
    for reason in ["expired", "missing"] {
        set(&format!("versions SET artifact_gone = '{reason}'")).await;
        assert_eq!(scene.refusal().await, refused(&format!("artifact_{reason}")));
    }
    // exact at the end of its time, unless the project shows it
    let statuses = async || scene.refusal().await.iter().map(|(status, _)| *status).collect::<Vec<_>>();
    let now_ms = SystemClock.now_ms();
    set(&format!("versions SET artifact_gone = NULL, created_at_ms = {}", now_ms - 30 * DAY_MS)).await;
    scene.clock.stop_at(now_ms + 1);
    assert_eq!(statuses().await, [200, 200], "the preview shows it");
    set("projects SET preview_version_id = NULL").await;
    assert_eq!(scene.refusal().await, refused("artifact_expired"));
    scene.clock.stop_at(now_ms);
    assert_eq!(statuses().await, [200, 200], "its last millisecond");
    scene.clock.stop_at(now_ms + 1);
    set(&format!("projects SET published_version_id = '{}'", scene.version)).await;
    assert_eq!(statuses().await, [200, 200], "it is published");
    set("projects SET published_version_id = NULL").await;
    set(&format!("versions SET deploy_status = 'failed', created_at_ms = {now_ms}")).await;
    let said = scene.refusal().await;
    assert_eq!(said, [(404, json!({"resource": "version"})), (409, json!({"reason": "deployment_failed"}))]);
}
on_both!(what_can_not_be_downloaded_says_why, unavailable);
