//! The job engine: it claims builds, runs their steps on real files, and says what happens.
//!
//! May name: domain, service (which passes on what a step needs of the artifacts). Deliberately absent: HTTP and SQL.

mod attempt;
mod cache;
mod command;
mod dispatcher;
mod output;
mod processes;
mod sandbox;
mod settings;
mod steps;
mod tools;

pub use cache::DependencyCache;
pub use dispatcher::Engine;
pub use sandbox::Sandbox;
pub use settings::EngineSettings;
pub use tools::Tools;
