//! A connection whose peer has to take what it is sent: one that takes nothing for too long is dropped, so that it can't
//! hold memory here and in the kernel for ever.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Times that a waiting write is tried within the limit.
const PARTS: u32 = 4;

/// A TCP connection with a limit on how long a write may wait.
#[derive(Debug)]
pub struct Connection {
    inner: TcpStream,
    stall: Duration,
    /// Runs while a write waits; an idle connection has none.
    waiting: Option<Waiting>,
}

/// A write that waits: how many parts of the limit have passed, and the one that passes.
#[derive(Debug)]
struct Waiting {
    sleep: Pin<Box<Sleep>>,
    parts: u32,
}

impl Connection {
    pub(super) const fn new(inner: TcpStream, stall: Duration) -> Self {
        Self { inner, stall, waiting: None }
    }

    /// Passes a write's outcome on, unless it has waited too long. The kernel tells of room only when a third of its buffer
    /// is free; a peer that reads slowly makes less than that, and whether it does only a write of our own can tell.
    fn limited(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        directly: impl Fn(&TcpStream) -> rustix::io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        // all the room there is: what is found later, the peer has made
        if self.waiting.is_none()
            && let Ok(count) = directly(&self.inner)
        {
            return Poll::Ready(Ok(count));
        }
        let part = self.stall / PARTS;
        loop {
            let waiting = self.waiting.get_or_insert_with(|| Waiting { sleep: Box::pin(sleep(part)), parts: 0 });
            ready!(waiting.sleep.as_mut().poll(cx));
            match directly(&self.inner) {
                Err(rustix::io::Errno::AGAIN) if waiting.parts + 1 < PARTS => {
                    waiting.parts += 1;
                    waiting.sleep.set(sleep(part));
                }
                outcome => {
                    self.waiting = None;
                    return Poll::Ready(outcome.map_err(|_| {
                        // closed with a reset, or the kernel would keep what it has for this peer, for minutes
                        let _ = self.inner.set_zero_linger();
                        io::ErrorKind::TimedOut.into()
                    }));
                }
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.limited(cx, written, |inner| rustix::io::write(inner, bytes))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.limited(cx, written, |inner| rustix::io::writev(inner, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
