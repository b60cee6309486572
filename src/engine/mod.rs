//! The job engine: it claims builds, runs their steps on real files, and says what happens.
//!
//! May name: domain, service (which passes on what a step needs of the artifacts). Deliberately absent: SQL, and HTTP but
//! for the client of code generators.

mod attempt;
mod cache;
mod cancels;
mod command;
mod dispatcher;
mod generator;
mod launch;
mod limits;
mod order;
mod output;
pub mod pace;
mod processes;
mod protection;
mod rollback;
mod sandbox;
mod scratch;
mod settings;
mod steps;
mod supervisor;
mod tools;
mod users;
mod working_directory;

pub use cache::DependencyCache;
pub use dispatcher::Engine;
pub use generator::{Generator, GeneratorSettings, Limits as GeneratorLimits};
pub use limits::BuildLimits;
pub use protection::Protection;
pub use sandbox::Sandbox;
pub use settings::EngineSettings;
pub use supervisor::supervise;
pub use tools::Tools;
pub use users::Users;
pub use working_directory::WorkingDirectories;
