//! What the fuzzer looks at: its files alone, without the server around them, under the names that they have there.

/// The rules of paths, signatures, cursors and locales.
#[path = "."]
pub mod domain {
    #[path = "../../src/domain/cursor.rs"]
    pub mod cursor;
    #[path = "../../src/domain/files.rs"]
    pub mod files;
    #[path = "../../src/domain/ids.rs"]
    pub mod ids;
    #[path = "../../src/domain/locale.rs"]
    pub mod locale;
    #[path = "../../src/domain/page.rs"]
    pub mod page;
    #[path = "../../src/domain/signature.rs"]
    pub mod signature;

    /// As much of an error as the decoding of files names.
    pub mod problem {
        /// A field and what is wrong with it.
        #[derive(Debug)]
        pub struct FieldError {
            /// The field.
            pub field: String,
            /// What is wrong with it.
            pub message: String,
        }

        impl FieldError {
            /// A field and what is wrong with it.
            pub fn new(field: &str, message: impl Into<String>) -> Self {
                Self { field: field.into(), message: message.into() }
            }
        }
    }
}

/// What clients send.
#[path = "."]
pub mod api {
    #[path = "../../src/api/object.rs"]
    #[allow(dead_code)]
    mod object;
    #[path = "../../src/api/template.rs"]
    #[allow(dead_code)]
    mod template;
    /// The WebSocket.
    #[path = "."]
    mod ws {
        #[path = "../../src/api/ws/client_frame.rs"]
        pub mod client_frame;
    }

    use crate::domain::files::Files;
    use ws::client_frame::ClientFrame;

    /// The files of a start's `templateFiles`, as the server would build them; none where it would answer with an error.
    pub fn template_files(json: &[u8]) -> Option<Files> {
        serde_json::from_slice::<template::TemplateFiles>(json).ok()?.decode().ok()
    }

    /// A client's frame by its type and its fields; none where the server would answer with an error.
    pub fn client_frame(text: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
        Some(match ClientFrame::read(text)? {
            ClientFrame::Subscribe { stream, cursor, token } => {
                let optional = [("cursor", cursor), ("token", token)];
                let said = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
                ("subscribe", std::iter::once(("stream", stream)).chain(said).collect())
            }
            ClientFrame::Unsubscribe { stream } => ("unsubscribe", vec![("stream", stream)]),
            ClientFrame::SetLocale { locale } => ("set_locale", vec![("locale", locale)]),
            ClientFrame::Ping {} => ("ping", vec![]),
        })
    }
}

/// The guard and the extraction.
#[path = "."]
pub mod artifacts {
    #[path = "../../src/artifacts/guard/mod.rs"]
    mod guard;
    #[path = "../../src/artifacts/unpack.rs"]
    pub mod unpack;
}

/// Where the tests look for it.
pub mod service {
    pub use crate::artifacts::unpack;
}
