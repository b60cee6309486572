//! Entity tags as RFC 9110 has them, as far as `If-Match` compares them.

/// What an `If-Match` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever there is.
    Any,
    /// One of these strong tags, quotes included. A weak tag is none, since it never matches here.
    OneOf(Vec<String>),
}

/// Not a list of entity tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of entity tags")]
pub struct NotEntityTags;

impl IfMatch {
    /// Reads the header; several headers of the name are one list, joined with commas.
    pub fn parse(text: &str) -> Result<Self, NotEntityTags> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let (mut rest, mut count, mut strong) = (text, 0, vec![]);
        loop {
            // a list may have empty places
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                return if count == 0 { Err(NotEntityTags) } else { Ok(Self::OneOf(strong)) };
            }
            let (is_weak, tag) = rest.strip_prefix("W/").map_or((false, rest), |tag| (true, tag));
            let opaque = tag.strip_prefix('"').and_then(|inner| inner.split_once('"')).map(|(opaque, _)| opaque).ok_or(NotEntityTags)?;
            if !opaque.chars().all(|c| c == '!' || c > '"' && c != '\u{7f}') {
                return Err(NotEntityTags);
            }
            count += 1;
            if !is_weak {
                strong.push(format!("\"{opaque}\""));
            }
            rest = tag[opaque.len() + 2..].trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(NotEntityTags);
            }
        }
    }

    /// Whether something with this strong tag, quotes included, is what was asked for.
    pub fn allows(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|asked| asked == tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_allows_the_strong_tags_that_it_names() {
        for text in ["*", " * ", "\"7\"", "\"a\", \"7\"", "\"a\",\t\"7\" ,", ",, \"7\"", "W/\"7\", \"7\"", "\"a,b\",\"7\""] {
            assert!(IfMatch::parse(text).unwrap().allows("\"7\""), "{text}");
        }
        for text in ["W/\"7\"", "\"77\"", "\"a\", \"b\"", "\"\"", "\"a,\", \",7\"", "\"é\""] {
            assert!(!IfMatch::parse(text).unwrap().allows("\"7\""), "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_tags_is_refused() {
        for odd in ["", " ", ",", "7", "\"7", "7\"", "\"7\" \"8\"", "\"7\"8", "w/\"7\"", "W/7", "*, \"7\"", "\"7\", *", "'7'", "\"a b\"", "\"\u{7f}\""] {
            assert_eq!(IfMatch::parse(odd), Err(NotEntityTags), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn tags_that_are_written_as_a_list_read_back(tags in prop::collection::vec("[!#-~]{0,9}", 1..5)) {
            let tags: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
            prop_assert_eq!(IfMatch::parse(&tags.join(", ")), Ok(IfMatch::OneOf(tags)));
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = IfMatch::parse(&text);
        }
    }
}
