//! What the operations are about, for readers and generators.

use poem_openapi::Tags;

/// A group of operations; each stands in one.
#[derive(Tags)]
pub(in crate::api) enum Tag {
    /// Start builds, look at them, cancel them.
    Builds,
    /// Follow what happens, as it happens: server-sent events, or pages of the past.
    Streams,
    /// Let users into the page.
    Page,
    /// Record a build that has ended, and show its events once more.
    Replays,
    /// The languages of messages, and the messages.
    Locales,
    /// Look at projects, and write what they are called.
    Projects,
    /// A project's history: what may be done with each version, and which is published.
    Versions,
    /// Go back to a version.
    Rollbacks,
    /// The files of a project or a version.
    Downloads,
    /// What became of builds, and what was used.
    Analytics,
    /// Accounts: what can be spent, and credits that come in.
    Billing,
    /// Reservations of credits, and the ledger.
    Credits,
    /// What an operation will use, before it is begun.
    Estimates,
}
