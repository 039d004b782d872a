//! Which command gets which fault, and counting them.

use std::collections::BTreeMap;
use std::time::Duration;

/// What the proxy does with a command, or with the reply to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Passes both on.
    Pass,
    /// Answers with these bytes itself; the server never sees the command.
    Answer(Vec<u8>),
    /// Passes the command on, and these bytes in place of the reply.
    Replace(Vec<u8>),
    /// Passes the reply on that much later.
    Delay(Duration),
    /// Passes on that many bytes of the reply, then resets the connection.
    ResetAfter(usize),
    /// Passes on that many bytes of the reply; then the connection hangs for ever.
    HangAfter(usize),
    /// The command is lost and the connection hangs for ever.
    Hang,
}

impl Action {
    /// Answers with an error in the server's place, for example `"READONLY You can't write"`.
    pub fn error(text: &str) -> Self {
        Self::Answer(format!("-{text}\r\n").into_bytes())
    }
}

#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// How often each command came.
    pub(super) seen: BTreeMap<String, u64>,
}

#[derive(Debug)]
struct Rule {
    command: String,
    action: Action,
    /// How often it still applies; for ever without a number.
    left: Option<u32>,
}

impl Rules {
    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(super) fn add(&mut self, command: &str, action: Action, left: Option<u32>) {
        self.rules.push(Rule { command: command.to_owned(), action, left });
    }

    /// Counts a command and says what to do with it.
    pub(super) fn apply(&mut self, command: &str) -> Action {
        *self.seen.entry(command.to_owned()).or_default() += 1;
        let fits = |rule: &Rule| rule.command == "*" || rule.command == command;
        let Some(index) = self.rules.iter().rposition(fits) else { return Action::Pass };
        let rule = &mut self.rules[index];
        let action = rule.action.clone();
        if let Some(left) = &mut rule.left {
            *left -= 1;
            if *left == 0 {
                self.rules.remove(index);
            }
        }
        action
    }
}
