//! The job engine: it claims builds, runs their steps on real files, and says what happens.
//!
//! May name: domain, service (which passes on what a step needs of the artifacts). Deliberately absent: SQL, and HTTP but
//! for the client of code generators.

mod attempt;
mod command;
mod dispatcher;
mod generator;
mod output;
mod processes;
mod sandbox;
mod settings;
mod steps;

pub use dispatcher::Engine;
pub use generator::{Generator, GeneratorSettings, Limits as GeneratorLimits};
pub use sandbox::Sandbox;
pub use settings::EngineSettings;
