//! docs/front-end.md: each of its blocks is a file of the samples, which `web-demo/e2e/front-end-guide.spec.ts` runs.

use std::collections::BTreeSet;
use std::path::Path;

fn files(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.insert(path.strip_prefix("docs/samples/front-end").unwrap().to_str().unwrap().to_owned());
        }
    }
}

#[test]
fn every_block_of_the_guide_is_a_file_of_the_samples_and_every_file_is_there() {
    let page = std::fs::read_to_string("docs/front-end.md").unwrap();
    let mut shown = BTreeSet::new();
    for (before, block) in page.split("```").collect::<Vec<_>>().chunks(2).filter_map(|pair| Some((pair[0], pair.get(1)?))) {
        let (language, text) = block.split_once('\n').unwrap();
        // a drawing has no language
        if language.is_empty() {
            continue;
        }
        let name = before
            .trim_end()
            .lines()
            .last()
            .and_then(|line| line.strip_prefix("[`")?.split('`').next())
            .unwrap_or_else(|| panic!("a block without a name: {text}"));
        assert!(std::fs::read_to_string(format!("docs/samples/front-end/{name}")).unwrap() == text, "{name} is not as the guide shows it");
        shown.insert(name.to_owned());
    }
    let mut there = BTreeSet::new();
    files(Path::new("docs/samples/front-end"), &mut there);
    assert_eq!(shown, there);
}
