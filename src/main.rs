//! The command line: see `buildcast::cli`.

fn main() -> std::process::ExitCode {
    buildcast::cli::run()
}
