//! Names that downloads are saved under: what a project is called, made safe for disks and for headers (RFC 6266, RFC 5987).

use super::version::Semver;
use std::fmt::Write;

/// Characters of a project's name that are kept.
const NAME_MAX: usize = 80;

/// `{project}-{version}.{extension}`, with nothing in it that a disk or a person could take for something else.
pub fn download_name(project: &str, version: Semver, extension: &str) -> String {
    let plain: String = project.chars().map(|c| if is_special(c) { '-' } else { c }).filter(|c| !is_hidden(*c)).collect();
    // at an end a dot makes a hidden file, and a dash an option
    let odd = |c: char| c.is_whitespace() || c == '.' || c == '-';
    let name: String = plain.trim_matches(odd).chars().take(NAME_MAX).collect();
    let name = name.trim_end_matches(odd);
    format!("{}-{version}.{extension}", if name.is_empty() { "project" } else { name })
}

/// The header that has a browser save a file under this name.
pub fn content_disposition(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c == ' ' || c.is_ascii_graphic() && !"\"\\%".contains(c) { c } else { '_' }).collect();
    let mut header = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        header.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            // attr-char of RFC 5987
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                header.push(char::from(byte));
            } else {
                write!(header, "%{byte:02X}").expect("a string takes all that is written");
            }
        }
    }
    header
}

/// What names no file on one system or another.
fn is_special(c: char) -> bool {
    "/\\:*?\"<>|".contains(c)
}

/// What can't be seen, and may turn what can be: controls, and marks of direction and width.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: Semver = Semver { major: 1, minor: 2, patch: 0 };

    fn named(project: &str) -> String {
        download_name(project, ONE, "zip")
    }

    #[test]
    fn names_are_safe_and_still_the_projects() {
        assert_eq!(named("my site"), "my site-1.2.0.zip");
        assert_eq!(named("../../etc/passwd"), "etc-passwd-1.2.0.zip");
        assert_eq!(named("a\r\nset-cookie: x=1"), "aset-cookie- x=1-1.2.0.zip");
        assert_eq!(named("\u{202e}piz.exe"), "piz.exe-1.2.0.zip");
        assert_eq!(named(" .. "), "project-1.2.0.zip");
        assert_eq!(named("\u{e9}t\u{e9} \u{4f60}\u{597d}"), "\u{e9}t\u{e9} \u{4f60}\u{597d}-1.2.0.zip");
        assert_eq!(named(&"x".repeat(500)).len(), 80 + "-1.2.0.zip".len());
        assert_eq!(download_name("a", ONE, "tar.gz"), "a-1.2.0.tar.gz");
    }

    #[test]
    fn the_header_has_the_whole_name_for_those_who_can_read_it() {
        assert_eq!(content_disposition("my site-1.0.0.zip"), "attachment; filename=\"my site-1.0.0.zip\"");
        assert_eq!(content_disposition("\u{e9} 100%.zip"), "attachment; filename=\"_ 100_.zip\"; filename*=UTF-8''%C3%A9%20100%25.zip");
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_header_or_the_folder(project in any::<String>()) {
            let name = named(&project);
            prop_assert!(!name.contains(['/', '\\', '"', '\0']) && !name.chars().any(char::is_control) && !name.starts_with(['.', '-']));
            let header = content_disposition(&name);
            prop_assert!(header.bytes().all(|b| (32..127).contains(&b)), "{}", header);
            // two quotes, and nothing of the name's outside of them
            prop_assert_eq!(header.matches('"').count(), 2);
            let after = header.split('"').nth(2).unwrap();
            prop_assert!(after.is_empty() || after.strip_prefix("; filename*=UTF-8''").is_some_and(|rest| !rest.contains([';', ' ', ',', '\''])), "{}", header);
        }
    }
}
