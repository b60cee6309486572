//! Sockets, epoll, clocks and /proc, without a runtime.

use rustix::event::{Timespec, epoll};
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, SocketAddrV4, SocketFlags, SocketType, sockopt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What a connection is watched for besides a server that hangs up.
pub use rustix::event::epoll::EventFlags;

/// Microseconds since the epoch.
#[allow(clippy::disallowed_methods, reason = "a load client has no service::Clock")]
pub fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// Raises the limit on open files as far as it goes, and says how far.
pub fn raise_nofile() -> u64 {
    let limits = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limits.maximum, maximum: limits.maximum };
    let _ = setrlimit(Resource::Nofile, raised);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Starts a connect that does not block, from `src` if given. Closing the socket sends RST: no TIME_WAIT is left.
pub fn connect(src: Option<Ipv4Addr>, ip: Ipv4Addr, port: u16, rcvbuf: usize) -> io::Result<OwnedFd> {
    let fd = net::socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_linger(&fd, Some(Duration::ZERO))?;
    sockopt::set_tcp_nodelay(&fd, true)?;
    if rcvbuf > 0 {
        sockopt::set_socket_recv_buffer_size(&fd, rcvbuf)?;
    }
    if let Some(src) = src {
        net::bind(&fd, &SocketAddrV4::new(src, 0))?;
    }
    match net::connect(&fd, &SocketAddrV4::new(ip, port)) {
        Ok(()) | Err(rustix::io::Errno::INPROGRESS) => Ok(fd),
        Err(error) => Err(error.into()),
    }
}

/// How a connect ended.
pub fn connected(fd: &OwnedFd) -> io::Result<()> {
    Ok(sockopt::socket_error(fd)??)
}

/// Bytes read; 0 at the end; `WouldBlock` when there is nothing now.
pub fn recv(fd: &OwnedFd, buffer: &mut [u8]) -> io::Result<usize> {
    Ok(net::recv(fd, buffer, RecvFlags::empty())?.0)
}

/// Bytes taken; `WouldBlock` when the socket is full.
pub fn send(fd: &OwnedFd, bytes: &[u8]) -> io::Result<usize> {
    Ok(net::send(fd, bytes, SendFlags::NOSIGNAL)?)
}

/// The sockets that something happened to.
pub struct Epoll {
    fd: OwnedFd,
    events: Vec<epoll::Event>,
}

impl Epoll {
    /// Watches nothing yet.
    pub fn new() -> io::Result<Self> {
        Ok(Self { fd: epoll::create(epoll::CreateFlags::CLOEXEC)?, events: Vec::with_capacity(1024) })
    }

    /// Watches a socket under a token.
    pub fn add(&self, fd: &OwnedFd, token: u64, flags: EventFlags) {
        epoll::add(&self.fd, fd, epoll::EventData::new_u64(token), flags).expect("a socket can be watched");
    }

    /// Watches it for something else.
    pub fn modify(&self, fd: &OwnedFd, token: u64, flags: EventFlags) {
        epoll::modify(&self.fd, fd, epoll::EventData::new_u64(token), flags).expect("a watched socket can be watched otherwise");
    }

    /// Waits at most `us` microseconds; gives tokens and what happened.
    pub fn wait(&mut self, us: u64) -> Vec<(u64, EventFlags)> {
        let wait = Timespec { tv_sec: i64::try_from(us / 1_000_000).unwrap_or(i64::MAX), tv_nsec: i64::try_from(us % 1_000_000 * 1000).unwrap_or(0) };
        self.events.clear();
        // an interrupted wait is an empty one
        let _ = epoll::wait(&self.fd, rustix::buffer::spare_capacity(&mut self.events), Some(&wait));
        self.events.iter().map(|event| (event.data.u64(), event.flags)).collect()
    }
}

/// Sums over processes: CPU microseconds (ended threads too), RSS and PSS in KiB.
#[derive(Clone, Copy, Default)]
pub struct Proc {
    pub cpu_us: u64,
    pub rss_kb: u64,
    pub pss_kb: u64,
}

/// Reads /proc; PSS only when asked, it is slow.
pub fn sample(pids: &[u32], pss: bool) -> Proc {
    let mut sum = Proc::default();
    let tick = 1_000_000 / rustix::param::clock_ticks_per_second();
    for pid in pids {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let stat = read("stat");
        let numbers: Vec<u64> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
        sum.cpu_us += (numbers.get(11).unwrap_or(&0) + numbers.get(12).unwrap_or(&0)) * tick;
        sum.rss_kb += kib(&read("status"), "VmRSS:");
        if pss {
            sum.pss_kb += kib(&read("smaps_rollup"), "Pss:");
        }
    }
    sum
}

fn kib(text: &str, name: &str) -> u64 {
    text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// KiB of kernel memory in TCP socket buffers, machine-wide.
pub fn tcp_mem_kb() -> u64 {
    let text = std::fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let pages = text.lines().find(|line| line.starts_with("TCP:")).and_then(|line| line.split_whitespace().last()?.parse::<u64>().ok());
    pages.unwrap_or(0) * 4
}
