//! Extraction, measured: an artifact of many files, by our guarded extraction and by the `unzip` command in the same rounds,
//! on the same disk.
//!
//! `unpack [--rounds N] [--files N] [--folder FOLDER]` prints a table in Markdown. Both read the archive from memory that the
//! kernel keeps, and neither waits for the disk at the end.

use buildcast::domain::files::CHECKED_LIMITS;
use buildcast::service::pack::{Content, Entries, pack};
use buildcast::service::unpack::{Contents, unpack};
use std::fs::{self, File};
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Files of one folder.
const FILES_PER_FOLDER: usize = 40;

fn main() -> ExitCode {
    let (mut rounds, mut files, mut folder) = (9, 10_000, std::env::temp_dir());
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match (name.as_str(), value.parse()) {
            ("--rounds", Ok(n)) => rounds = n,
            ("--files", Ok(n)) => files = n,
            ("--folder", _) => folder = PathBuf::from(value),
            _ => {
                eprintln!("unpack: [--rounds N] [--files N] [--folder FOLDER]");
                return ExitCode::from(2);
            }
        }
    }
    if Command::new("unzip").arg("-v").stdout(Stdio::null()).status().is_err() {
        eprintln!("unpack: no unzip: it is the package unzip of apt");
        return ExitCode::FAILURE;
    }
    let scratch = tempfile::tempdir_in(folder).expect("a folder to measure in");
    let zip = scratch.path().join("artifact.zip");
    let bytes = write_artifact(&zip, files);
    let (mut ours, mut theirs) = (vec![], vec![]);
    for round in 0..rounds {
        // whoever is second finds the other's caches
        let ours_first = round % 2 == 0;
        for is_ours in [ours_first, !ours_first] {
            // removed at the end only: an ext4 without a journal looks at each file that was removed lately when it makes one
            let into = scratch.path().join(format!("{round}-{is_ours}"));
            fs::create_dir(&into).expect("a folder to unpack into");
            let seconds = if is_ours { unpack_ourselves(&zip, &into, Contents { files, bytes }) } else { run_unzip(&zip, &into) };
            if is_ours { ours.push(seconds) } else { theirs.push(seconds) }
        }
    }
    let mut ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours).collect();
    println!("{files} files of {} KiB in all, {} KiB packed, {rounds} rounds\n", bytes >> 10, fs::metadata(&zip).map_or(0, |meta| meta.len() >> 10));
    println!("| extraction | best, ms | median, ms | worst, ms | as fast as unzip: median | worst round |");
    println!("| --- | --- | --- | --- | --- | --- |");
    row("buildcast", &mut ours, &mut ratios);
    row("unzip", &mut theirs, &mut [1.0]);
    ExitCode::SUCCESS
}

fn row(name: &str, seconds: &mut [f64], ratios: &mut [f64]) {
    seconds.sort_by(f64::total_cmp);
    ratios.sort_by(f64::total_cmp);
    let (middle, last) = (seconds.len() / 2, seconds.len() - 1);
    let [best, median, worst] = [seconds[0], seconds[middle], seconds[last]].map(|seconds| seconds * 1000.0);
    println!("| {name} | {best:.0} | {median:.0} | {worst:.0} | {:.2} | {:.2} |", ratios[ratios.len() / 2], ratios[0]);
}

/// What is waiting to be written must not slow whoever comes next.
fn settle() {
    Command::new("sync").status().expect("sync runs");
}

fn unpack_ourselves(zip: &Path, into: &Path, expected: Contents) -> f64 {
    settle();
    let start = Instant::now();
    let contents = unpack(zip, "", into, CHECKED_LIMITS, &mut |_, _| ControlFlow::Continue(())).expect("the artifact is unpacked");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(contents, expected);
    seconds
}

fn run_unzip(zip: &Path, into: &Path) -> f64 {
    settle();
    let start = Instant::now();
    let status = Command::new("unzip").arg("-qq").arg(zip).arg("-d").arg(into).status().expect("unzip runs");
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.success());
    seconds
}

/// Packs files of 100 bytes to 16 KiB of text, as an artifact is packed; their bytes.
fn write_artifact(path: &Path, files: usize) -> u64 {
    let texts: Vec<(String, Vec<u8>)> = (0..files).map(|n| (format!("source/part-{:03}/module-{n:05}.ts", n / FILES_PER_FOLDER), text(n))).collect();
    let entries: Entries<'_> = texts.iter().map(|(name, text)| (name.clone(), Content::Bytes(text))).collect();
    let file = BufWriter::new(File::create(path).expect("the artifact's file"));
    pack(&entries, file, &AtomicBool::new(false)).expect("the artifact is packed").into_inner().expect("the artifact is written");
    texts.iter().map(|(_, text)| text.len() as u64).sum()
}

/// Lines that deflate shrinks to a third or so; most files are small, as in a project.
fn text(seed: usize) -> Vec<u8> {
    const WORDS: &[&str] = &["const ", "export ", "function ", "return ", "await ", "value", "items", ".map(", ") => {\n", "}\n", "\"text\"", " = ", "import "];
    let mut state = seed as u64 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let length = 100 + (next() % 128) * (next() % 128);
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        match next() % 4 {
            0 => text.push_str(&format!("{:x}", next() % 0xffff)),
            _ => text.push_str(WORDS[next() % WORDS.len()]),
        }
    }
    text.truncate(length);
    text.into_bytes()
}
