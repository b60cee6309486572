//! The macro behind the table of codes: one entry gives params, code, phase, type, progress and schema.

use super::table::EventPayload;
use super::vocabulary::{EventType, Phase};
use utoipa::openapi::{RefOr, Schema};

/// Where an event stands in a build's course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its phase; none where it is that of the step that ended.
    pub phase: Option<Phase>,
    /// Its type.
    pub event_type: EventType,
    /// The span of `overall_progress` (0 to 1) it covers: `step` of `total` moves through it.
    pub progress: (f64, f64),
    /// Whether it is the last event of its stream.
    pub finished: bool,
}

/// One row of the table of codes, for the document, the references and the tests.
#[derive(Debug, Clone, Copy)]
pub struct CodeInfo {
    /// The code on the wire.
    pub code: &'static str,
    /// The name of its params in the document.
    pub name: &'static str,
    /// What it says, in English, for readers of the document.
    pub description: &'static str,
    /// Where it stands.
    pub place: Place,
    /// The schema of its own params, without `timestamp` and `projectId`.
    pub params: fn() -> RefOr<Schema>,
    /// Reads its own params.
    pub read: fn(serde_json::Value) -> serde_json::Result<EventPayload>,
}

/// Expands the table: `CODE Name [Phase Type from..to] "what it says" { required } optional { fields }`.
macro_rules! events {
    ($(
        $code:ident $name:ident [$phase:ident $event_type:ident $from:literal .. $to:literal $($last:ident)?] $what:literal
        { $( $(#[doc = $doc:literal])* $field:ident : $ty:ty ),* $(,)? }
        optional { $( $(#[doc = $odoc:literal])* $ofield:ident : $oty:ty ),* $(,)? }
    )*) => {
        $(
            #[doc = concat!("Params of `", stringify!($code), "`: ", $what)]
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
            #[serde(rename_all = "camelCase")]
            pub struct $name {
                $( $(#[doc = $doc])* pub $field: $ty, )*
                $( $(#[doc = $odoc])* #[serde(skip_serializing_if = "Option::is_none")] #[schema(nullable = false)] pub $ofield: Option<$oty>, )*
            }
        )*

        /// An event's code with its own params; the union that clients narrow on `code`.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        #[expect(missing_docs, reason = "each variant is documented at its params")]
        pub enum EventPayload { $( $name($name) ),* }

        impl EventPayload {
            /// The code on the wire.
            pub const fn code(&self) -> &'static str {
                match self { $( Self::$name(_) => stringify!($code) ),* }
            }
            /// Where events of this code stand.
            pub const fn place(&self) -> Place {
                match self { $( Self::$name(_) => events!(@place $phase $event_type $from $to $($last)?) ),* }
            }
        }

        $( impl From<$name> for EventPayload { fn from(params: $name) -> Self { Self::$name(params) } } )*

        /// Every code, in the contract's order.
        pub const CODES: &[CodeInfo] = &[ $( CodeInfo {
            code: stringify!($code),
            name: stringify!($name),
            description: $what,
            place: events!(@place $phase $event_type $from $to $($last)?),
            params: <$name as utoipa::PartialSchema>::schema,
            read: |params| Ok(serde_json::from_value::<$name>(params)?.into()),
        } ),* ];
    };
    (@place $phase:ident $event_type:ident $from:literal $to:literal $($last:ident)?) => {
        Place { phase: events!(@phase $phase), event_type: EventType::$event_type, progress: ($from, $to), finished: events!(@last $($last)?) }
    };
    (@phase OfTheStep) => { None };
    (@phase $phase:ident) => { Some(Phase::$phase) };
    (@last last) => { true };
    (@last) => { false };
}
pub(super) use events;
