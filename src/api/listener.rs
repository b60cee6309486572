//! The listener: no delay, a deep backlog, a small send buffer, a limit on clients that do not read, and a pause when the
//! process is out of files.

use super::connection::Connection;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that wait to be accepted: the framework's 128 lose some in a storm of reconnects.
const BACKLOG: u32 = 4096;
/// What the kernel holds for a client that does not read; its default grows to megabytes.
const SEND_BUFFER_BYTES: u32 = 64 << 10;
/// How long to leave the queue alone when no file descriptor is left, instead of spinning.
const OUT_OF_FILES_PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections.
#[derive(Debug)]
pub struct Listener {
    inner: TcpListener,
    stall: Duration,
    local: SocketAddr,
}

impl Listener {
    /// Binds an address; port 0 takes a free one. A client that takes nothing for `stall` is dropped.
    pub fn bind(address: SocketAddr, stall: Duration) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.bind(address)?;
        let inner = socket.listen(BACKLOG)?;
        Ok(Self { local: inner.local_addr()?, inner, stall })
    }

    /// The address bound.
    pub const fn local(&self) -> SocketAddr {
        self.local
    }

    /// The next connection, and where it comes from.
    pub(super) async fn accept(&mut self) -> io::Result<(Connection, SocketAddr)> {
        loop {
            match self.inner.accept().await {
                Ok((stream, remote)) => {
                    stream.set_nodelay(true)?;
                    return Ok((Connection::new(stream, self.stall), remote));
                }
                // EMFILE, ENFILE
                Err(error) if matches!(error.raw_os_error(), Some(23 | 24)) => {
                    tracing::warn!("out of file descriptors: connections wait");
                    tokio::time::sleep(OUT_OF_FILES_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
