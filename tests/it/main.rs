//! One binary for all integration tests: whole servers, both databases, real processes.

mod access;
mod builds;
mod cancels;
mod cli;
mod cluster;
mod demo;
mod document;
mod drain;
mod errors;
mod hub;
mod isolation;
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
