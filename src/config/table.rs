//! The table of settings: name, default, what it is. `buildcast config` and docs/configuration.md come from it.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the environment and in the file; the flag is the same in lower case with dashes, without
    /// `BUILDCAST_`.
    pub name: &'static str,
    /// Its default, as text; empty for none.
    pub default: &'static str,
    /// Whether its value is never shown.
    pub secret: bool,
    /// What it is, with its unit.
    pub about: &'static str,
}

const fn setting(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { name, default, secret: false, about }
}

const fn secret(name: &'static str, about: &'static str) -> Setting {
    Setting { name, default: "", secret: true, about }
}

/// Every setting.
pub const SETTINGS: &[Setting] = &[
    setting(
        "BUILDCAST_ENV",
        "development",
        "`development` or `production`; production refuses development stand-ins: a made-up secret, unsandboxed builds (unless BUILDCAST_SANDBOX=none says so), the demo page",
    ),
    setting("BUILDCAST_NODE_ROLE", "api,engine,preview", "what this node does: any of `api`, `engine`, `preview`, with commas"),
    setting("BUILDCAST_LISTEN", "127.0.0.1:8080", "address of the API and the page; port 0 takes a free one"),
    setting("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:8081", "address of the previews; port 0 takes a free one"),
    setting("BUILDCAST_PUBLIC_URL", "", "where clients reach the API; the listener's own address unless set"),
    setting("BUILDCAST_PREVIEW_URL", "", "where clients reach previews; the listener's own address unless set"),
    setting("BUILDCAST_DATA_DIR", "./data", "folder for the database, artifacts and scratch files of this node"),
    setting("DATABASE_URL", "sqlite://{data}/buildcast.db", "`sqlite://PATH` or `postgres://…`; `{data}` is the data folder"),
    secret("REDIS_URL", "`redis://…`: the bus between several nodes; of a cluster any of its nodes, or several with commas; without it a node is alone"),
    setting("BUILDCAST_ARTIFACTS", "file://{data}/artifacts", "`file://FOLDER`: where sources and artifacts are kept"),
    secret("WORKER_SHARED_SECRET", "the secret that requests are signed with, at least 16 characters; made up and printed in development"),
    secret("WORKER_SHARED_SECRET_PREVIOUS", "a second secret that is still accepted, for rotation"),
    setting("SIGNATURE_VERSIONS", "v1,v2", "signature versions accepted"),
    setting("BUILDCAST_MIGRATE", "true", "whether `serve` applies pending migrations"),
    setting("BUILDCAST_ENGINE_CONCURRENCY", "2", "builds that this node runs at once, 1 to 256"),
    setting("BUILDCAST_SANDBOX", "auto", "`auto` (bubblewrap where it works), `bubblewrap` (or no start), `none`"),
    setting("BUILDCAST_CACHE_BYTES_MAX", "10737418240", "bytes of installed packages that this node keeps for later builds; 0 keeps none"),
    setting("BUILDCAST_BUILD_TIMEOUT_SECONDS", "900", "seconds that an attempt of a build may take"),
    setting("BUILDCAST_DRAIN_SECONDS", "20", "seconds to finish builds and end streams after SIGTERM"),
    setting("BUILDCAST_STREAM_HEARTBEAT_SECONDS", "15", "seconds of silence after which a stream gets a comment"),
    setting("BUILDCAST_STREAMS_PER_TOKEN", "1000", "streams of one token at once"),
    setting("BUILDCAST_STREAMS_PER_ADDRESS", "10000", "streams of one address at once"),
    setting("BUILDCAST_STREAMS_PER_NODE", "100000", "streams of this node at once"),
    setting("BUILDCAST_STREAM_STALL_SECONDS", "30", "seconds after which a client that takes nothing of what it is sent is dropped"),
    setting("BUILDCAST_LOG", "info", "what is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives by module"),
];
