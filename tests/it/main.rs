//! One binary for all integration tests: whole servers, both databases, real processes.

mod access;
mod batches;
mod builds;
mod cli;
mod clicks;
mod cluster;
mod demo;
mod develop;
mod document;
mod drain;
mod errors;
mod hub;
mod kills;
mod lists;
mod metrics;
mod nodes;
mod previews;
mod queue;
mod readers;
mod restart;
mod sockets;
mod starts;
mod store;
mod streams;
mod support;
mod walls;
