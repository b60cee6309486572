//! The job engine: it claims builds, runs their steps on real files, and says what happens.
//!
//! May name: domain, service (which passes on what a step needs of the artifacts). Deliberately absent: HTTP and SQL.

mod attempt;
mod command;
mod dispatcher;
mod output;
mod processes;
mod sandbox;
mod settings;
mod steps;

pub use dispatcher::Engine;
pub use sandbox::Sandbox;
pub use settings::EngineSettings;
