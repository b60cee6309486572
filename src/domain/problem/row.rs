//! What a row of the table of errors is, and what the table expands to.

use utoipa::openapi::{RefOr, Schema};

/// One row of the table of errors.
#[derive(Debug, Clone, Copy)]
pub struct ProblemInfo {
    /// The code on the wire.
    pub code: &'static str,
    /// The name of its params in the code.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What it says, in English, for readers of the document.
    pub description: &'static str,
    /// Whether asking again helps, in English, for readers of the reference.
    pub retry: &'static str,
    /// The schema of its params.
    pub params: fn() -> RefOr<Schema>,
}

/// Expands the table: `CODE Name status "whether asking again helps" { required params } optional { params }`.
macro_rules! problems {
    ($( $(#[doc = $doc:literal])* $code:ident $name:ident $status:literal $retry:literal
        { $( $(#[doc = $fdoc:literal])* $field:ident : $ty:ty ),* $(,)? }
        optional { $( $(#[doc = $odoc:literal])* $ofield:ident : $oty:ty ),* $(,)? } )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
            #[serde(rename_all = "camelCase")]
            pub struct $name {
                $( $(#[doc = $fdoc])* pub $field: $ty, )*
                $( $(#[doc = $odoc])* #[serde(skip_serializing_if = "Option::is_none")] #[schema(nullable = false)] pub $ofield: Option<$oty>, )*
            }
        )*

        /// What went wrong, with its params.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        #[expect(missing_docs, reason = "each variant is documented at its params")]
        pub enum Problem { $( $name($name) ),* }

        impl Problem {
            /// The code on the wire.
            pub const fn code(&self) -> &'static str { match self { $( Self::$name(_) => stringify!($code) ),* } }
            /// The HTTP status that follows from the code.
            pub const fn status(&self) -> u16 { match self { $( Self::$name(_) => $status ),* } }
        }

        $( impl From<$name> for Problem { fn from(params: $name) -> Self { Self::$name(params) } } )*

        /// Every error code with its status.
        pub const PROBLEM_CODES: &[(&str, u16)] = &[ $( (stringify!($code), $status) ),* ];

        /// The table, for the document and the references.
        pub const PROBLEMS: &[ProblemInfo] = &[ $( ProblemInfo {
            code: stringify!($code),
            name: stringify!($name),
            status: $status,
            description: concat!($($doc),*),
            retry: $retry,
            params: <$name as utoipa::PartialSchema>::schema,
        } ),* ];
    };
}
pub(super) use problems;
