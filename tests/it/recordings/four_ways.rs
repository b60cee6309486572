//! One build seen in every way there is: live, recorded, replayed by the server and played from its file, over both transports.

use super::faults::Player;
use super::{event_of, id_of, on_a_socket, recorded, recording, told};
use crate::support::client::Events;
use crate::support::project::slow;
use crate::support::socket::{Socket, stream_of};
use crate::support::{Kind, TestServer, on_both};
use buildcast::domain::recording::read;
use reqwest::Method;
use serde_json::json;

async fn four_ways(kind: Kind) {
    let server = TestServer::start(kind).await;
    let build = server.client.start(&slow("u", 0.4)).await;
    let (id, token) = (id_of(&build), build["streamToken"].as_str().unwrap());
    let name = stream_of(&build);
    let (live, on_socket) = tokio::join!(server.client.watch(&build, None), on_a_socket(&server, &name, token));
    let live = told(&live);
    assert_eq!(on_socket, live, "live, on a socket");

    let text = recording(&server, id).await;
    assert_eq!(recorded(&read(text.as_bytes()).unwrap()), live, "recorded");

    let (_, replay) = server.client.post(&format!("/v1/builds/{id}/replay"), &json!({"speed": 4})).await;
    let (replay_id, replay_token) = (replay["replayId"].as_str().unwrap(), replay["streamToken"].as_str().unwrap());
    let shown = format!("replay:{replay_id}");
    let (streamed, on_socket) = tokio::join!(
        async {
            let request = server.client.bare(Method::GET, &format!("/v1/replays/{replay_id}/events")).bearer_auth(replay_token);
            Events::of(request.send().await.unwrap()).rest().await
        },
        on_a_socket(&server, &shown, replay_token)
    );
    assert_eq!(told(&streamed), live, "replayed by the server");
    assert_eq!(on_socket, live, "replayed by the server, on a socket");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seen.ndjson");
    std::fs::write(&file, &text).unwrap();
    let player = Player::start(folder.path(), file.to_str().unwrap(), &["--speed", "4"]);
    let (streamed, on_socket) = tokio::join!(async { Events::of(player.open(id, "").await).rest().await }, async {
        let mut socket = Socket::open(&player.client, None).await;
        socket.say(json!({"type": "subscribe", "stream": name})).await;
        let events = socket.events(&name).await;
        events.into_iter().map(|(cursor, text)| (cursor, event_of(&text).to_owned())).collect::<Vec<_>>()
    });
    assert_eq!(told(&streamed), live, "played from its file");
    assert_eq!(on_socket, live, "played from its file, on a socket");
}
on_both!(a_build_is_the_same_live_recorded_replayed_and_played_from_its_file, four_ways);
