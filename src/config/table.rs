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
        "`development` or `production`; production refuses development stand-ins: a made-up secret, unsandboxed builds (unless BUILDCAST_SANDBOX=none says so), a page without a login",
    ),
    setting(
        "BUILDCAST_PAGE",
        "auto",
        "the page: `demo` (as the user `demo`, for this machine, in development), `login` (for users with a token of the backend's: POST /v1/page-tokens), `none`; `auto` is `demo` in development and `none` in production",
    ),
    setting("BUILDCAST_PAGE_SESSION_SECONDS", "28800", "seconds for which somebody is logged in to the page, 60 to 2592000"),
    setting("BUILDCAST_NODE_ROLE", "api,engine,preview", "what this node does: any of `api`, `engine`, `preview`, with commas"),
    setting("BUILDCAST_LISTEN", "127.0.0.1:8080", "address of the API and the page; port 0 takes a free one"),
    setting("BUILDCAST_PREVIEW_LISTEN", "127.0.0.1:8081", "address of the previews; port 0 takes a free one"),
    setting("BUILDCAST_PUBLIC_URL", "", "where clients reach the API; the listener's own address unless set"),
    setting("BUILDCAST_PREVIEW_URL", "", "where clients reach previews; the listener's own address unless set"),
    setting("BUILDCAST_DATA_DIR", "./data", "folder for the database, artifacts and scratch files of this node"),
    setting("DATABASE_URL", "sqlite://{data}/buildcast.db", "`sqlite://PATH` or `postgres://…`; `{data}` is the data folder"),
    secret("REDIS_URL", "`redis://…`: the bus between several nodes; of a cluster any of its nodes, or several with commas; without it a node is alone"),
    setting("BUILDCAST_ARTIFACTS", "file://{data}/artifacts", "`file://FOLDER` or `s3://BUCKET/FOLDER`: where sources and artifacts are kept"),
    setting(
        "BUILDCAST_ARTIFACT_CACHE_BYTES_MAX",
        "10737418240",
        "bytes of a bucket's objects that this node keeps on its disk, beside those that it reads just now; 0 keeps none",
    ),
    setting(
        "AWS_ENDPOINT_URL",
        "",
        "with a bucket: where a store that speaks as S3 does is, for this server and for those who download; AWS itself unless set",
    ),
    setting("AWS_REGION", "us-east-1", "with a bucket: its region"),
    setting("AWS_ACCESS_KEY_ID", "", "with a bucket: the key's name"),
    secret("AWS_SECRET_ACCESS_KEY", "with a bucket: the key"),
    secret("AWS_SESSION_TOKEN", "with a bucket: the token of a key for a while; addresses of downloads end with it"),
    secret("WORKER_SHARED_SECRET", "the secret that requests are signed with, at least 16 characters; made up and printed in development"),
    secret("WORKER_SHARED_SECRET_PREVIOUS", "a second secret that is accepted too, and signs nothing, for rotation"),
    setting("SIGNATURE_VERSIONS", "v1,v2", "signature versions accepted"),
    setting(
        "BUILDCAST_RATE_PER_MINUTE",
        "60",
        "requests a minute of one address, and of one user, 1 to 1000000; as many may come at once. A start of a build or a rollback counts twice",
    ),
    setting("BUILDCAST_TRUSTED_PROXIES", "", "addresses and networks, with commas, of the proxies whose X-Forwarded-For is believed; nobody's unless set"),
    setting("BUILDCAST_CORS_ORIGINS", "", "origins, with commas, whose pages may ask the API from a browser, such as `https://app.example.com`"),
    setting(
        "BUILDCAST_PREVIEW_POLICY",
        "frame-ancestors {origins}",
        "the Content-Security-Policy of previews, empty for none; `{origins}` is the API's origin and those of BUILDCAST_CORS_ORIGINS. `sandbox allow-scripts …` keeps projects apart that do not name their files from the root (docs/browsers.md)",
    ),
    setting(
        "WORKER_INCLUDE_ERROR_MESSAGE",
        "false",
        "whether events have legacy messages (`title`, `description`, `message`, `error_message`) in the connection's locale, beside `code` and `params`; deprecated (docs/locales.md)",
    ),
    setting(
        "LEGACY_MESSAGES_SUNSET",
        "2025-03-01",
        "the last day, `YYYY-MM-DD` in UTC, on which a server with legacy messages starts; after it, it refuses to",
    ),
    setting("BUILDCAST_IDEMPOTENCY_SECONDS", "86400", "seconds that the answer to a request with an Idempotency-Key is kept, 1 to 2592000"),
    setting("BUILDCAST_WELCOME_CREDITS", "3000", "credits that a new user is given"),
    setting("BUILDCAST_DAILY_CREDITS", "900", "credits that a user has as the gift of each day, from 00:00 UTC; what is left of them lapses then"),
    setting("BUILDCAST_RESERVATION_SECONDS", "1800", "seconds after which a reservation of credits that nobody ended expires, 1 to 604800"),
    setting(
        "BUILDCAST_OVERAGE",
        "charge",
        "what becomes of a build that uses more than was set aside for it: `charge` (as far as the account has credits) or `waive`",
    ),
    setting(
        "BUILDCAST_PACKAGES",
        "starter:300:9.99,pro:1000:29.99,studio:5000:119.99",
        "the price list that recommendations come from, `name:credits:cost` with commas; empty: nothing is recommended",
    ),
    setting("BUILDCAST_PURCHASE_URL", "", "where credits are bought; BUILDCAST_PUBLIC_URL unless set"),
    setting("BUILDCAST_STATISTICS_SECONDS", "2", "seconds for which a statistic of /v1/analytics is told again before it is counted anew; 0 counts each time"),
    setting("BUILDCAST_MIGRATE", "true", "whether `serve` applies pending migrations"),
    setting("BUILDCAST_ENGINE_CONCURRENCY", "2", "builds that this node runs at once, 1 to 256"),
    setting("BUILDCAST_LEASE_SECONDS", "9", "seconds after which a node that says nothing loses its builds to another; it renews at a third of them"),
    setting("BUILDCAST_BUILD_ATTEMPTS", "3", "times that a build is tried whose node went away"),
    setting("BUILDCAST_BUILDS_PER_USER", "0", "builds of one user that run at once, on all nodes; 0 for no limit but the fair order"),
    setting("BUILDCAST_SANDBOX", "auto", "`auto` (bubblewrap where it works), `bubblewrap` (or no start), `none`"),
    setting("CODE_GENERATOR", "none", "who is asked for code when a start has a prompt: `none`, `anthropic` (Messages API) or `openai` (Chat Completions)"),
    setting("CODE_GENERATOR_URL", "", "base address of a server that speaks the protocol, with or without `/v1`; the provider's own unless set"),
    secret("CODE_GENERATOR_KEY", "the key; may be left out with a CODE_GENERATOR_URL"),
    setting("CODE_GENERATOR_MODEL", "", "the model's name, as the server knows it"),
    setting("CODE_GENERATOR_OUTPUT_TOKENS_MAX", "16000", "tokens of a reply at most, as the server counts them"),
    setting("CODE_GENERATOR_OUTPUT_BYTES_MAX", "2097152", "bytes of a reply at most, 1024 to 67108864"),
    setting("CODE_GENERATOR_TIMEOUT_SECONDS", "300", "seconds that a reply may take in all"),
    setting("CODE_GENERATOR_IDLE_SECONDS", "60", "seconds without a byte of a reply after which it is given up"),
    setting("BUILDCAST_CACHE_BYTES_MAX", "10737418240", "bytes of installed packages that this node keeps for later builds; 0 keeps none"),
    setting("BUILDCAST_BUILD_TIMEOUT_SECONDS", "900", "seconds that an attempt of a build may take"),
    setting("BUILDCAST_STEP_TIMEOUT_SECONDS", "600", "seconds that one command of a build (an install, a build script) may take"),
    setting("BUILDCAST_CANCEL_GRACE_SECONDS", "1", "seconds that processes have to end by themselves when their build is stopped, at most 30"),
    setting(
        "BUILDCAST_BUILD_UIDS",
        "600000",
        "the first of as many user ids as builds run at once: where the server runs as root each build has one to itself; empty: builds run as root then. Servers on one machine need ids of their own",
    ),
    setting("BUILDCAST_BUILD_MEMORY_BYTES", "4294967296", "bytes of memory that the processes of a build may hold together"),
    setting("BUILDCAST_BUILD_PROCESSES", "512", "processes that a build may have at once, and eight times as many threads"),
    setting("BUILDCAST_BUILD_DISK_BYTES", "4294967296", "bytes that the files of a build may take on disk, its temporary files included"),
    setting("BUILDCAST_DRAIN_SECONDS", "20", "seconds to finish builds and end streams after SIGTERM"),
    setting("BUILDCAST_STREAM_HEARTBEAT_SECONDS", "15", "seconds of silence after which a stream gets a comment"),
    setting("BUILDCAST_STREAMS_PER_TOKEN", "1000", "streams of one token at once"),
    setting("BUILDCAST_STREAMS_PER_ADDRESS", "10000", "streams of one address at once"),
    setting("BUILDCAST_STREAMS_PER_NODE", "100000", "streams of this node at once"),
    setting("BUILDCAST_STREAM_STALL_SECONDS", "30", "seconds after which a client that takes nothing of what it is sent is dropped"),
    setting("BUILDCAST_SWEEP_SECONDS", "300", "seconds between two sweeps of what has had its time"),
    setting(
        "BUILDCAST_ORPHAN_SECONDS",
        "86400",
        "seconds that an object of the artifact store is kept which no row names; in production at least as long as a build may take with all its attempts",
    ),
    setting("ARTIFACT_RETENTION_DAYS", "30", "days that a version's artifact is kept, 0 to 36500; that of a published or previewed version stays"),
    setting("MAX_ROLLBACK_DURATION_SECONDS", "300", "seconds that an attempt of a rollback may take"),
    setting("PROGRESS_UPDATE_INTERVAL", "10", "files after which the progress of a rollback is told anew"),
    setting("ROLLBACK_PROGRESS_CACHE_TTL", "300", "seconds that the progress of a rollback which has ended is kept in memory"),
    setting("BUILDCAST_DOWNLOAD_URL_SECONDS", "86400", "seconds that the address of a download is good for"),
    setting("BUILDCAST_LOG_BYTES_MAX", "16777216", "bytes of one build's log; a line counts 64 at least, and what comes after them is dropped"),
    setting("BUILDCAST_LOG_LINE_BYTES_MAX", "8192", "bytes of a line of a build's log, 256 to 65536; a longer one is cut"),
    setting("BUILDCAST_LOG", "info", "what is logged: `error`, `warn`, `info`, `debug` or `trace`, and with commas `MODULE=LEVEL`, as `info,sqlx=warn`"),
    setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "base address of a collector of OpenTelemetry: spans are posted to `/v1/traces` below it; nothing is sent unless set",
    ),
    secret("OTEL_EXPORTER_OTLP_HEADERS", "headers for the collector, `name=value` with commas, values percent-encoded"),
    setting("OTEL_SERVICE_NAME", "buildcast", "by which name the collector knows this server"),
    setting("OTEL_TRACES_SAMPLER_ARG", "1", "the part of traces that is sent, 0 to 1; a caller's own `traceparent` decides for its trace"),
];
