//! Incremental decoders for what a server sends: HTTP head, chunked coding, SSE lines, WebSocket frames.
use memchr::{memchr, memmem};

/// Reads the digits that follow `key` in `line`.
pub fn field(line: &[u8], finder: &memmem::Finder<'_>) -> Option<u64> {
    let mut i = finder.find(line)? + finder.needle().len();
    let mut v = 0u64;
    let start = i;
    while i < line.len() && line[i].is_ascii_digit() {
        v = v * 10 + (line[i] - b'0') as u64;
        i += 1;
    }
    if i > start { Some(v) } else { None }
}

/// Parsed response head: (status, chunked, bytes it took), or None when incomplete.
pub fn head(buf: &[u8]) -> Option<(u32, bool, usize)> {
    let end = memmem::find(buf, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&buf[..end]).to_ascii_lowercase();
    let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    let chunked = text.lines().any(|l| l.starts_with("transfer-encoding:") && l.contains("chunked"));
    Some((status, chunked, end))
}

/// State of the chunked decoder between reads.
#[derive(Clone, Copy)]
pub enum Chunk {
    Size(u32),
    SizeEnd,
    Data(u32),
    DataEnd,
}

/// Splits `buf` into the payload slices of a chunked body.
pub fn dechunk(state: &mut Chunk, mut buf: &[u8], mut out: impl FnMut(&[u8])) {
    while !buf.is_empty() {
        match *state {
            Chunk::Size(n) => {
                let c = buf[0];
                buf = &buf[1..];
                *state = match c {
                    b'0'..=b'9' => Chunk::Size(n * 16 + (c - b'0') as u32),
                    b'a'..=b'f' => Chunk::Size(n * 16 + (c - b'a' + 10) as u32),
                    b'A'..=b'F' => Chunk::Size(n * 16 + (c - b'A' + 10) as u32),
                    b'\n' => Chunk::Data(n),
                    b'\r' => Chunk::Size(n),
                    _ => Chunk::SizeEnd,
                };
            }
            Chunk::SizeEnd => buf = &[],
            Chunk::Data(0) => *state = Chunk::DataEnd,
            Chunk::Data(n) => {
                let k = (n as usize).min(buf.len());
                out(&buf[..k]);
                buf = &buf[k..];
                *state = if k == n as usize { Chunk::DataEnd } else { Chunk::Data(n - k as u32) };
            }
            Chunk::DataEnd => {
                let c = buf[0];
                buf = &buf[1..];
                if c == b'\n' {
                    *state = Chunk::Size(0);
                }
            }
        }
    }
}

/// Hands out complete lines; the unfinished rest waits in `carry`.
pub fn lines(carry: &mut Vec<u8>, mut buf: &[u8], mut out: impl FnMut(&[u8])) {
    if !carry.is_empty() {
        match memchr(b'\n', buf) {
            None => {
                carry.extend_from_slice(buf);
                return;
            }
            Some(i) => {
                carry.extend_from_slice(&buf[..i]);
                out(carry);
                carry.clear();
                carry.shrink_to(0);
                buf = &buf[i + 1..];
            }
        }
    }
    while let Some(i) = memchr(b'\n', buf) {
        out(&buf[..i]);
        buf = &buf[i + 1..];
    }
    carry.extend_from_slice(buf);
}

/// Hands out complete WebSocket frames (opcode, payload); the rest waits in `carry`.
pub fn frames(carry: &mut Vec<u8>, buf: &[u8], mut out: impl FnMut(u8, &[u8])) {
    let owned;
    let mut b: &[u8] = if carry.is_empty() {
        buf
    } else {
        carry.extend_from_slice(buf);
        owned = std::mem::take(carry);
        &owned
    };
    while b.len() >= 2 {
        let (op, l) = (b[0] & 15, (b[1] & 127) as usize);
        let (off, len) = match l {
            126 if b.len() >= 4 => (4, u16::from_be_bytes([b[2], b[3]]) as usize),
            127 if b.len() >= 10 => (10, u64::from_be_bytes(b[2..10].try_into().unwrap()) as usize),
            126 | 127 => break,
            _ => (2, l),
        };
        if b.len() < off + len {
            break;
        }
        out(op, &b[off..off + len]);
        b = &b[off + len..];
    }
    carry.extend_from_slice(b);
}

/// A masked client frame (mask key zero: allowed on the wire, and costs nothing).
pub fn ws_frame(op: u8, payload: &[u8]) -> Vec<u8> {
    let mut f = vec![0x80 | op];
    if payload.len() < 126 {
        f.push(0x80 | payload.len() as u8);
    } else {
        f.push(0x80 | 126);
        f.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    }
    f.extend_from_slice(&[0; 4]);
    f.extend_from_slice(payload);
    f
}
