//! The builds that are under way while things die.

use super::dice::Dice;
use crate::support::project::scripted;
use serde_json::{Value, json};

/// A kind of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// Static files: no child process.
    Site,
    /// A script with children.
    Script,
    /// A script that leaves children behind, one in a session and a folder of its own.
    Strays,
    /// A script that fails.
    Fails,
    /// A script that is cancelled while it runs.
    Cancelled,
}

impl Recipe {
    pub fn thrown(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..35 => Self::Site,
            35..60 => Self::Script,
            60..75 => Self::Strays,
            75..85 => Self::Fails,
            _ => Self::Cancelled,
        }
    }

    /// The start, with a mark that the output shows.
    pub fn start(self, user: &str, mark: &str, dice: &mut Dice) -> Value {
        let pause = |dice: &mut Dice| format!("sleep 0.{:03}", 50 + dice.below(350));
        let made = format!("mkdir dist && echo '<!doctype html><p>{mark}' > dist/index.html");
        let script = match self {
            Self::Site => {
                return json!({"userId": user, "templateFiles": {
                    "index.html": format!("<!doctype html><html lang=en><title>t</title><p>{mark}"), "style.css": "p { color: teal }\n".repeat(50),
                }});
            }
            Self::Script => format!("({}; true) & {} && wait && {made}", pause(dice), pause(dice)),
            Self::Strays => format!("(setsid sleep 4711 > /dev/null 2>&1 &) ; (cd / && setsid sleep 4712 > /dev/null 2>&1 &) ; {} && {made}", pause(dice)),
            Self::Fails => format!("{} ; echo {mark} ; exit 3", pause(dice)),
            Self::Cancelled => format!("(setsid sleep 4713 > /dev/null 2>&1 &) ; sleep 2 && {made}"),
        };
        scripted(user, &script)
    }

    /// Whether a build of this kind may end so: its state, and the reason of a failure.
    pub fn may_end(self, state: &str, reason: Option<&str>) -> bool {
        match (state, reason) {
            // whose server was killed each time
            ("failed", Some("attempts_exhausted")) => true,
            // without a child there is nothing else that could be killed
            ("failed", Some("command_failed")) => self != Self::Site,
            // whose supervisor was killed
            ("failed", Some("internal")) => self != Self::Site,
            ("deployed", _) => self != Self::Fails,
            ("cancelled", _) => self == Self::Cancelled,
            _ => false,
        }
    }
}
