//! Code generation: whom to ask, what may be asked, what a reply says, and which of it may become files.

pub mod hidden;
pub mod reply;
pub mod review;

/// Characters of a prompt at most.
pub const PROMPT_MAX_CHARS: usize = 32_000;

/// A protocol that a server for code generation speaks, named after the provider that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The Messages API.
    Anthropic,
    /// The Chat Completions API.
    OpenAi,
}

impl Provider {
    /// Its word in settings, events and errors.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
        }
    }

    /// Where the provider itself is.
    pub const fn public_url(self) -> &'static str {
        match self {
            Self::Anthropic => "https://api.anthropic.com",
            Self::OpenAi => "https://api.openai.com",
        }
    }
}

/// Why a text can't be a prompt.
pub fn prompt_fault(prompt: &str) -> Option<String> {
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if prompt.trim().is_empty() || prompt.chars().count() > PROMPT_MAX_CHARS {
        return Some(format!("1 to {PROMPT_MAX_CHARS} characters, not only spaces"));
    }
    (!prompt.chars().all(allowed)).then(|| "has a control character other than a tab or the end of a line".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_counted_in_characters_and_hold_no_control_characters() {
        assert_eq!(prompt_fault(&"ü".repeat(PROMPT_MAX_CHARS)), None);
        assert_eq!(prompt_fault("two\r\n\tlines"), None);
        for prompt in ["", " \n", "a\0b", "a\u{1b}[0m", &"x".repeat(PROMPT_MAX_CHARS + 1)] {
            assert!(prompt_fault(prompt).is_some(), "{:?}", &prompt[..prompt.len().min(9)]);
        }
    }
}
