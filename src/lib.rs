//! buildcast: a streaming-first event hub with an embedded job engine.
//!
//! The map, from the inside out; a room may only name the rooms that stand in its row (a test reads them):
//!
//! | room | holds | may name |
//! | --- | --- | --- |
//! | [`domain`] | the rules, pure: events, states, cursors, signatures, tokens, locales | |
//! | [`store`] | every SQL text, for SQLite and PostgreSQL | domain |
//! | [`hub`] | the log's live side: topics, subscriptions, bus | domain, metrics |
//! | [`artifacts`] | zips and the object store | domain |
//! | [`fleet`] | what nodes share beside the log: rate limits and nonces | domain, metrics |
//! | [`service`] | use cases, one file a resource | domain, store, hub, fleet, artifacts, metrics |
//! | [`engine`] | the job engine, a build's steps, and the client that asks for code | domain, service |
//! | [`playback`] | a server of recordings, with faults on purpose | domain |
//! | [`api`] | HTTP, server-sent events, signatures, the document | domain, service |
//! | [`config`] | settings | domain |
//! | [`metrics`] | what is counted | |
//! | [`node`] | this node's folder, id and lock | |
//! | [`app`], [`cli`] | put it together | all |

pub mod api;
pub mod app;
pub mod artifacts;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod fleet;
pub mod hub;
pub mod metrics;
pub mod node;
pub mod playback;
pub mod service;
pub mod store;
