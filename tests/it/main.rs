//! One binary for all integration tests: whole servers, both databases, real processes.

mod builds;
mod cli;
mod demo;
mod document;
mod errors;
mod hub;
mod nodes;
mod previews;
mod restart;
mod sockets;
mod starts;
mod store;
mod streams;
mod support;
mod walls;
