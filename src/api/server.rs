//! The accept loop: hyper speaks HTTP/1.1, poem answers, and the limits on a connection are ours.
//!
//! poem's own server has no knob for the size of a head or the time it may take, and costs a third more memory for each
//! open stream.

use super::connection::Connection;
use super::listener::Listener;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::endpoint::{DynEndpoint, ToDynEndpoint};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Response};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Bytes of a request's head at most, and of what waits to be written besides the last chunk.
const BUFFER_BYTES: usize = 32 << 10;
/// How long a connection may take for a request's head, idle time before it included: longer than the 60 s for which
/// load balancers keep theirs.
const HEAD: Duration = Duration::from_secs(75);

type App = Arc<dyn DynEndpoint<Output = Response>>;

/// Serves until `close`; what still answers then has this long.
pub async fn serve(mut listener: Listener, app: impl Endpoint<Output = Response> + 'static, close: CancellationToken, last_answers: Duration) {
    let (app, local) = (Arc::new(ToDynEndpoint(app)) as App, listener.local());
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = close.cancelled() => break,
        };
        if let Ok((connection, remote)) = accepted {
            connections.spawn(converse(connection, app.clone(), local, remote, close.clone(), last_answers));
        }
    }
    connections.close();
    connections.wait().await;
}

/// One connection, to its end.
async fn converse(connection: Connection, app: App, local: SocketAddr, remote: SocketAddr, close: CancellationToken, last_answers: Duration) {
    let service = service_fn(move |request| {
        let (app, local, remote) = (app.clone(), LocalAddr(local.into()), RemoteAddr(remote.into()));
        async move { Ok::<_, Infallible>(poem::http::Response::from(app.get_response((request, local, remote, Scheme::HTTP).into()).await)) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(BUFFER_BYTES);
    let mut conversation = std::pin::pin!(http.serve_connection(TokioIo::new(connection), service).with_upgrades());
    // a peer that breaks off, or speaks something else, is nobody's error
    tokio::select! {
        _ = conversation.as_mut() => {}
        () = close.cancelled() => {
            conversation.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(last_answers, conversation).await;
        }
    }
}
