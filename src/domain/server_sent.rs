//! Server-sent events as they are read: cut anywhere, with any ends of lines, and never larger than a limit.

use std::collections::VecDeque;

/// An event that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name; empty for none.
    pub name: String,
    /// Its own id, where it has one.
    pub id: Option<String>,
    /// Its lines of data, one behind the other.
    pub data: String,
}

/// An event is larger than the limit.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLarge;

/// Takes bytes in and gives events out.
#[derive(Debug)]
pub struct EventReader {
    line: Vec<u8>,
    name: String,
    id: Option<String>,
    data: Option<String>,
    /// The byte before was a carriage return: a line feed now belongs to it.
    after_return: bool,
    limit: usize,
    ready: VecDeque<Event>,
}

impl EventReader {
    /// A reader that holds events of so many bytes at most.
    pub fn new(limit: usize) -> Self {
        Self { line: vec![], name: String::new(), id: None, data: None, after_return: false, limit, ready: VecDeque::new() }
    }

    /// Takes what has arrived.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        for byte in bytes {
            let ends_return = std::mem::take(&mut self.after_return) && *byte == b'\n';
            match byte {
                b'\n' if ends_return => {}
                b'\n' => self.end_line(),
                b'\r' => {
                    self.after_return = true;
                    self.end_line();
                }
                _ => self.line.push(*byte),
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > self.limit {
                return Err(TooLarge);
            }
        }
        Ok(())
    }

    /// The next whole event.
    pub fn pop(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let line = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if line.is_empty() {
            let (name, id) = (std::mem::take(&mut self.name), self.id.take());
            if let Some(data) = self.data.take() {
                self.ready.push_back(Event { name, id, data });
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match (field, &mut self.data) {
            ("event", _) => value.clone_into(&mut self.name),
            ("id", _) => self.id = Some(value.to_owned()),
            ("data", Some(data)) => {
                data.push('\n');
                data.push_str(value);
            }
            ("data", none) => *none = Some(value.to_owned()),
            // comments, retry times
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\u{feff}: hi\r\n\r\nevent: a\r\ndata: {\"x\":1}\r\n\r\ndata:two\rdata:  lines ü\r\rid: 7\nretry: 1\ndata\n\nevent: lost\n\ndata: cut";

    fn read(parts: impl Iterator<Item = Vec<u8>>) -> Vec<Event> {
        let (mut reader, mut events) = (EventReader::new(1000), vec![]);
        for part in parts {
            reader.push(&part).unwrap();
            events.extend(std::iter::from_fn(|| reader.pop()));
        }
        events
    }

    #[test]
    fn events_are_the_same_wherever_the_bytes_are_cut() {
        let event = |name: &str, data: &str| Event { name: name.into(), id: None, data: data.into() };
        let expected = [event("a", "{\"x\":1}"), event("", "two\n lines ü"), Event { id: Some("7".into()), ..event("", "") }];
        assert_eq!(read(TEXT.bytes().map(|byte| vec![byte])), expected);
        for at in 0..TEXT.len() {
            let (before, after) = TEXT.as_bytes().split_at(at);
            assert_eq!(read([before.to_vec(), after.to_vec()].into_iter()), expected, "cut at {at}");
        }
    }

    #[test]
    fn an_event_over_the_limit_is_refused_and_small_ones_add_up_to_nothing() {
        let mut reader = EventReader::new(20);
        for _ in 0..100 {
            assert_eq!(reader.push(b"data: 0123456789\n\n"), Ok(()));
        }
        assert_eq!(reader.push(b"data: 0123456789\ndata: 0123456789\n"), Err(TooLarge));
        assert_eq!(EventReader::new(20).push(&[b'x'; 21]), Err(TooLarge));
    }
}
