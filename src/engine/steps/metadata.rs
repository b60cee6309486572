//! Looks at the output as a reviewer would, and recommends.

use super::{OutputFiles, Project, StepError, blocking};
use crate::domain::event::{BuildMetadataComplete, BuildMetadataGenerating, BuildRecommendationsGenerated};
use crate::engine::attempt::Attempt;
use html5gum::{Token, Tokenizer};
use serde::Serialize;
use tokio::time::Instant;

/// An image above this is slow on a phone.
const IMAGE_MAX_BYTES: u64 = 500 << 10;
/// Pages looked at, and bytes of each.
const PAGES_MAX: usize = 50;
const PAGE_MAX_BYTES: u64 = 1 << 20;
const RECOMMENDATIONS_MAX: usize = 50;

/// Something that would make the site better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Recommendation {
    /// A stable word.
    code: &'static str,
    /// The file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// Recommendations as JSON.
pub(super) async fn run(attempt: &Attempt, project: &Project, output: OutputFiles) -> Result<String, StepError> {
    let begun = Instant::now();
    attempt.emit(BuildMetadataGenerating {}).await?;
    let unlocked = project.manifest.as_ref().is_some_and(|m| m.dependency_count() > 0) && !project.has_lock;
    let found = blocking(move || look(&output, unlocked)).await?;
    attempt.emit(BuildRecommendationsGenerated { count: u32::try_from(found.len()).unwrap_or(u32::MAX) }).await?;
    attempt.emit(BuildMetadataComplete { duration: begun.elapsed().as_secs_f64() }).await?;
    Ok(serde_json::to_string(&found).expect("recommendations are plain"))
}

fn look(output: &OutputFiles, unlocked: bool) -> Vec<Recommendation> {
    let mut found = Vec::new();
    if unlocked {
        found.push(Recommendation { code: "no_lock_file", path: None });
    }
    if !output.contains_key("index.html") {
        found.push(Recommendation { code: "no_index", path: None });
    }
    let large = |path: &std::path::Path| path.metadata().is_ok_and(|meta| meta.len() > IMAGE_MAX_BYTES);
    let images = output.iter().filter(|(path, file)| is_image(path) && large(file));
    found.extend(images.map(|(path, _)| Recommendation { code: "oversized_image", path: Some(path.clone()) }));
    let pages = output.iter().filter(|(path, file)| path.ends_with(".html") && file.metadata().is_ok_and(|meta| meta.len() <= PAGE_MAX_BYTES));
    for (path, file) in pages.take(PAGES_MAX) {
        let html = std::fs::read_to_string(file).unwrap_or_default();
        found.extend(missing_in(&html).into_iter().map(|code| Recommendation { code, path: Some(path.clone()) }));
    }
    found.truncate(RECOMMENDATIONS_MAX);
    found
}

fn is_image(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|e| ["png", "jpg", "jpeg", "gif", "webp", "avif", "bmp"].contains(&e.to_ascii_lowercase().as_str()))
}

/// What a page lacks.
fn missing_in(html: &str) -> Vec<&'static str> {
    let (mut title, mut viewport, mut lang, mut alts) = (false, false, false, true);
    for token in Tokenizer::new(html).flatten() {
        let Token::StartTag(tag) = token else { continue };
        match &**tag.name {
            b"title" => title = true,
            b"html" => lang |= tag.attributes.contains_key(b"lang".as_slice()),
            b"meta" => viewport |= tag.attributes.get(b"name".as_slice()).is_some_and(|name| name.eq_ignore_ascii_case(b"viewport")),
            b"img" => alts &= tag.attributes.contains_key(b"alt".as_slice()),
            _ => {}
        }
    }
    let checks = [(title, "missing_title"), (viewport, "missing_viewport"), (lang, "missing_lang"), (alts, "missing_alt")];
    checks.into_iter().filter(|(there, _)| !there).map(|(_, code)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::missing_in;

    #[test]
    fn a_complete_page_lacks_nothing_and_a_bare_one_is_told_what() {
        let complete = r#"<!doctype html><html lang="en"><head><title>x</title><meta name="Viewport" content=""></head><img alt="" src="a"></html>"#;
        assert!(missing_in(complete).is_empty());
        assert_eq!(missing_in("<p>hi<img src=a><!-- <title> -->"), ["missing_title", "missing_viewport", "missing_lang", "missing_alt"]);
    }
}
