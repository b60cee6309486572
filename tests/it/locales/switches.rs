//! A language that changes in the middle of a build: no event is lost, none comes twice, and each has the language of its
//! time.

use super::super::support::on_both;
use super::super::support::project::slow;
use super::super::support::socket::{Said, Socket, stream_of};
use super::*;
use serde_json::json;

/// What every reader saw is the whole build, in order.
fn whole(seen: &[Value], all: &[Value]) {
    let of = |events: &[Value]| events.iter().map(|event| (event["seq"].clone(), event["code"].clone(), event["params"].clone())).collect::<Vec<_>>();
    assert_eq!(of(seen), of(all));
}

async fn over_sse(kind: Kind) {
    let server = legacy(kind).await;
    let build = server.client.start(&slow("u", 0.5)).await;
    let mut first = Events::of(stream(&server, &build, "&locale=ar").send().await.unwrap());
    let (mut seen, mut cursor) = (vec![], String::new());
    while seen.len() < 3 {
        let frame = first.next_event().await.unwrap();
        cursor = frame.id.clone().unwrap();
        seen.push(frame.json());
    }
    drop(first);
    assert!(seen.iter().all(|event| speaks(event, "ar")), "{seen:?}");
    let rest = frames(stream(&server, &build, "&locale=fr").header("last-event-id", &cursor)).await;
    assert_eq!(locale_of(&rest), "fr");
    let rest = events(&rest);
    assert!(!rest.is_empty() && rest.iter().all(|event| speaks(event, "fr")), "{rest:?}");
    seen.extend(rest);
    whole(&seen, &server.client.events(&build).await);
}
on_both!(a_stream_that_comes_back_in_another_language_goes_on_in_it, over_sse);

async fn over_a_socket(kind: Kind) {
    let server = legacy(kind).await;
    let build = server.client.start(&slow("u", 0.5)).await;
    let mut socket = Socket::listen(&server.client, &build, None).await;
    let (mut seen, mut locale, mut asked) = (vec![], "en", 0);
    let languages = ["ar", "de"];
    loop {
        match socket.next().await {
            Said::Frame(frame, _) if frame["type"] == "event" => {
                assert!(speaks(&frame["event"], locale), "{locale}: {frame}");
                seen.push(frame["event"].clone());
                // each language is asked for once, while the build goes on
                if let Some(wanted) = languages.get(asked).filter(|_| seen.len() >= 2 * (asked + 1)) {
                    socket.say(json!({"type": "set_locale", "locale": wanted})).await;
                    asked += 1;
                }
            }
            Said::Frame(frame, _) if frame["type"] == "locale" => locale = languages.into_iter().find(|known| frame["locale"] == *known).unwrap(),
            Said::Frame(frame, _) if frame["type"] == "end" => break,
            Said::Frame(frame, _) => assert_eq!(frame, json!({"type": "live", "stream": stream_of(&build)})),
            closed @ Said::Closed(_) => panic!("{closed:?}"),
        }
    }
    assert_eq!((asked, locale), (2, "de"));
    whole(&seen, &server.client.events(&build).await);
}
on_both!(a_socket_that_changes_its_language_goes_on_in_it, over_a_socket);

#[tokio::test]
async fn two_readers_of_one_build_have_each_their_own_language() {
    let server = legacy(Kind::Sqlite).await;
    let build = server.client.start(&slow("u", 0.3)).await;
    let (arabic, german) = tokio::join!(frames(stream(&server, &build, "&locale=ar")), frames(stream(&server, &build, "&locale=de")));
    for (locale, seen) in [("ar", events(&arabic)), ("de", events(&german))] {
        assert!(seen.len() > 5 && seen.iter().all(|event| speaks(event, locale)), "{locale}: {seen:?}");
    }
    let cursors = |frames: &[Frame]| frames.iter().filter_map(|frame| frame.id.clone()).collect::<Vec<_>>();
    assert_eq!(cursors(&arabic), cursors(&german));
}
