//! One binary for all integration tests: whole servers, both databases, real processes.

mod access;
mod builds;
mod cli;
mod cluster;
mod demo;
mod dependencies;
mod document;
mod drain;
mod errors;
mod hub;
mod metrics;
mod nodes;
mod previews;
mod readers;
mod restart;
mod sockets;
mod starts;
mod store;
mod streams;
mod support;
mod walls;
