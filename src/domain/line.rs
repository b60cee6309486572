//! One line of an output: gathered from raw bytes as they come, masked, then cut, so that a secret over the cut does not
//! leak its head.

use super::mask::{HIDDEN, KeyBlock, MARKER_MAX_BYTES, Mask, last_marker};
use std::sync::Arc;

/// What a line that was too long ends with.
pub const CUT: &str = " [cut]";
/// Bytes kept beyond the cut at least, so that a credential that goes over it is known as one.
const BEYOND_BYTES: usize = 4096;

/// Gathers the lines of one output, one after the other. Holds a line's limit and a little more, however long the line.
#[derive(Debug)]
pub struct LineGatherer {
    mask: Arc<Mask>,
    max_bytes: usize,
    kept: Vec<u8>,
    /// The end of what was passed over, for markers of keys in it; none while all is kept.
    passed: Option<Vec<u8>>,
    /// Whether a key begins at the last marker that was passed over.
    passed_marker: Option<bool>,
    block: KeyBlock,
}

impl LineGatherer {
    /// Lines of at most `max_bytes`, the mark of the cut included.
    pub fn new(mask: Arc<Mask>, max_bytes: usize) -> Self {
        Self { mask, max_bytes, kept: Vec::new(), passed: None, passed_marker: None, block: KeyBlock::default() }
    }

    /// Takes in a part of the line, without its end.
    pub fn push(&mut self, part: &[u8]) {
        let room = self.max_bytes + BEYOND_BYTES.max(self.mask.longest()) - self.kept.len();
        let (kept, over) = part.split_at(part.len().min(room));
        self.kept.extend_from_slice(kept);
        if !over.is_empty() {
            self.pass_over(over);
        }
    }

    /// Whether nothing was taken in since the last line.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The line, once its end has come.
    pub fn take(&mut self) -> String {
        let (mut bytes, passed) = (std::mem::take(&mut self.kept), self.passed.take().is_some());
        if !passed && bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let text = String::from_utf8_lossy(&bytes);
        let hidden = self.mask.ranges(&text, &mut self.block);
        if let Some(begins) = self.passed_marker.take() {
            self.block.follow(begins);
        }
        let long = passed || text.len() > self.max_bytes;
        let end = if long { text.floor_char_boundary(self.room()) } else { text.len() };
        let (mut shown, mut at) = (String::with_capacity(end), 0);
        for range in hidden.into_iter().take_while(|range| range.start < end) {
            shown.push_str(&text[at..range.start]);
            shown.push_str(HIDDEN);
            at = range.end;
        }
        shown.push_str(text.get(at..end).unwrap_or_default());
        if long || shown.len() > self.max_bytes {
            shown.truncate(shown.floor_char_boundary(self.room()));
            shown.push_str(CUT);
        }
        shown
    }

    /// Bytes of a line before the mark of its cut.
    fn room(&self) -> usize {
        self.max_bytes.saturating_sub(CUT.len())
    }

    fn pass_over(&mut self, over: &[u8]) {
        let end = |bytes: &[u8]| bytes[bytes.len().saturating_sub(MARKER_MAX_BYTES)..].to_vec();
        let mut passed = self.passed.take().unwrap_or_else(|| end(&self.kept));
        passed.extend_from_slice(over);
        self.passed_marker = last_marker(&String::from_utf8_lossy(&passed)).or(self.passed_marker);
        self.passed = Some(end(&passed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "S3cretOfThisServer";
    const MAX: usize = 256;

    fn gatherer() -> LineGatherer {
        LineGatherer::new(Arc::new(Mask::new([SECRET.to_owned()])), MAX)
    }

    fn line(bytes: &[u8]) -> String {
        let mut gatherer = gatherer();
        gatherer.push(bytes);
        gatherer.take()
    }

    #[test]
    fn a_line_is_text_without_its_end_and_at_most_so_long() {
        assert_eq!(line(b"a\r"), "a");
        assert_eq!(line(b"10%\r20%\0"), "10%\r20%\0");
        assert_eq!(line(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(line(&[b'x'; MAX]), "x".repeat(MAX));
        assert_eq!(line(&[b'x'; MAX + 1]), format!("{}{CUT}", "x".repeat(MAX - CUT.len())));
        let wide = line("\u{20ac}".repeat(MAX).as_bytes());
        assert!(wide.len() <= MAX && wide.ends_with(CUT) && wide.starts_with('\u{20ac}'));
        // many short passwords get longer by being hidden
        let grown = line("//:a@/".repeat(MAX / 6).as_bytes());
        assert!(grown.len() <= MAX && grown.ends_with(CUT), "{grown}");
    }

    #[test]
    fn an_endless_line_costs_a_bounded_buffer() {
        let mut gatherer = gatherer();
        for _ in 0..1000 {
            gatherer.push(&[b'x'; 8192]);
        }
        assert!(gatherer.kept.capacity() <= 4 * (MAX + BEYOND_BYTES));
        assert!(gatherer.passed.as_ref().unwrap().len() <= MARKER_MAX_BYTES);
        assert_eq!(gatherer.take().len(), MAX);
        assert!(gatherer.is_empty());
    }

    #[test]
    fn a_key_that_begins_far_beyond_the_cut_is_hidden_in_the_next_lines() {
        let mut gatherer = gatherer();
        gatherer.push(&[b'x'; 20_000]);
        gatherer.push(b"-----BEGIN PRIV");
        gatherer.push(b"ATE KEY-----");
        gatherer.take();
        gatherer.push(b"MIIEpAIBAAKCAQEA");
        assert_eq!(gatherer.take(), HIDDEN);
        gatherer.push(b"-----END PRIVATE KEY-----");
        gatherer.take();
        gatherer.push(b"done");
        assert_eq!(gatherer.take(), "done");
    }

    /// Something secret, as `(what stands before it, the secret itself)`.
    fn secrets() -> impl Strategy<Value = (String, String)> {
        let of = |before: &'static str, secret: &'static str| secret.prop_map(move |secret: String| (before.to_owned(), secret)).boxed();
        prop_oneof![
            Just((String::new(), SECRET.to_owned())),
            of("Authorization: Bearer ", "[A-Za-z0-9._~+/-]{8,60}"),
            of("authorization=Basic ", "[A-Za-z0-9+/]{8,60}"),
            of("//registry.example/:_authToken=", "[A-Za-z0-9-]{8,40}"),
            of("SOME_TOKEN=", "[A-Za-z0-9]{8,40}"),
            of("", "AKIA[A-Z0-9]{16}"),
            of("", "gh[pousr]_[A-Za-z0-9]{36}"),
            of("", "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
            of("", "npm_[A-Za-z0-9]{36}"),
            of("", "sk-[A-Za-z0-9]{20,48}"),
            of("", "eyJ[A-Za-z0-9_-]{20,40}\\.eyJ[A-Za-z0-9_-]{20,3000}\\.[A-Za-z0-9_-]{43}"),
            of("", "-----BEGIN PRIVATE KEY----- [A-Za-z0-9+/]{40,3000} -----END PRIVATE KEY-----"),
            "[0-9][A-Za-z0-9!$%^&*()-]{5,40}".prop_map(|password| ("postgres://user:".to_owned(), format!("{password}@host"))),
        ]
    }

    proptest! {
        #[test]
        fn no_part_of_a_secret_leaves_wherever_the_cut_falls((lead, secret) in secrets(), filler in "[g-z ,;]{0,300}", after in "[ ,;]?[g-z ]{0,40}", split in 0..4000usize) {
            let text = format!("{filler} {lead}{secret}{}{after}", if after.starts_with([' ', ',', ';']) { "" } else { " " });
            let mut gatherer = gatherer();
            // as it comes from a pipe: in two parts
            let (one, two) = text.as_bytes().split_at(split.min(text.len()));
            gatherer.push(one);
            gatherer.push(two);
            let shown = gatherer.take();
            let hidden = secret.strip_suffix("@host").unwrap_or(&secret);
            prop_assert!(shown.len() <= MAX);
            prop_assert!(!shown.contains(hidden), "{shown}");
            // not even its head: nothing that stands before it ends with four of its first characters
            let head = format!("{lead}{}", &hidden[..4]);
            prop_assert!(!shown.contains(&head) || filler.contains(&head), "{shown}");
        }

        #[test]
        fn prose_is_shown_as_it_is(text in "([a-z]{1,12}[ .,]){0,16}") {
            prop_assert_eq!(line(text.as_bytes()), text);
        }

        #[test]
        fn any_bytes_become_a_bounded_line(bytes in proptest::collection::vec(any::<u8>(), 0..6000)) {
            let shown = line(&bytes);
            prop_assert!(shown.len() <= MAX, "{}", shown.len());
        }
    }
}
