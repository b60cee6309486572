//! Single ranges of bytes, as RFC 9110 says.

/// The bytes that a `Range` header asks for, inclusive: none to answer with the whole, an error when it lies outside.
pub(super) fn byte_range(header: &str, total: u64) -> Option<Result<(u64, u64), ()>> {
    let (unit, range) = header.split_once('=')?;
    let (from, to) = range.trim().split_once('-')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let last = total.checked_sub(1);
    let range = match (number(from)?, number(to)?) {
        (Some(from), Some(to)) if to < from => return None,
        (Some(from), to) => last.map(|last| (from, to.map_or(last, |to| to.min(last)))),
        (None, Some(count)) => last.filter(|_| count > 0).map(|last| (total.saturating_sub(count), last)),
        (None, None) => return None,
    };
    Some(range.filter(|(from, to)| from <= to).ok_or(()))
}

/// A number, or nothing where there is none; what is neither is no range. One too large for anything is the largest.
fn number(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    text.bytes().all(|b| b.is_ascii_digit()).then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::byte_range;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        assert_eq!(byte_range("bytes=0-3", 10), Some(Ok((0, 3))));
        assert_eq!(byte_range("Bytes=4-", 10), Some(Ok((4, 9))));
        assert_eq!(byte_range("bytes=-3", 10), Some(Ok((7, 9))));
        assert_eq!(byte_range("bytes=-30", 10), Some(Ok((0, 9))));
        assert_eq!(byte_range("bytes=5-99999999999999999999999", 10), Some(Ok((5, 9))));
        for outside in ["bytes=10-", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(byte_range(outside, 10), Some(Err(())), "{outside}");
        }
        assert_eq!((byte_range("bytes=0-", 0), byte_range("bytes=-5", 0)), (Some(Err(())), Some(Err(()))));
        for whole in ["bytes=0-1,3-4", "bytes=a-b", "items=0-1", "bytes=-", "bytes=5-2", "bytes=+1-2", "bytes", "bytes=1", "bytes=1--2"] {
            assert_eq!(byte_range(whole, 10), None, "{whole}");
        }
    }
}
