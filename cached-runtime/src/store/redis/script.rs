//! Lua scripts, by their hash; by their text once after the server has forgotten them.

use ::redis::{Cmd, ToRedisArgs, Value};

use super::failure::Failure;
use super::link::{Link, Retry};

pub(super) struct Script {
    text: &'static str,
    /// SHA-1 of the text, as `SCRIPT LOAD` answers it. If it were wrong, each run would cost two commands; a test
    /// asks a server.
    sha: &'static str,
}

impl Script {
    pub(super) const fn new(text: &'static str, sha: &'static str) -> Self {
        Self { text, sha }
    }

    /// Runs on one slot with `arguments`: a number, bytes, or a tuple of such.
    pub(super) async fn run(
        &self,
        link: &Link,
        slot: &str,
        arguments: impl ToRedisArgs + Sync,
    ) -> Result<Value, Failure> {
        self.run_on(link, &[slot], arguments).await
    }

    /// As [`run`](Self::run), on several slots, of which there is a first.
    pub(super) async fn run_on(
        &self,
        link: &Link,
        slots: &[&str],
        arguments: impl ToRedisArgs + Sync,
    ) -> Result<Value, Failure> {
        self.send(link, slots, arguments, Retry::Never).await
    }

    /// As [`run_on`](Self::run_on), for a script that may as well run twice: if its connection broke, it is sent once more.
    pub(super) async fn run_repeatable_on(
        &self,
        link: &Link,
        slots: &[&str],
        arguments: impl ToRedisArgs + Sync,
    ) -> Result<Value, Failure> {
        self.send(link, slots, arguments, Retry::Once).await
    }

    async fn send(
        &self,
        link: &Link,
        slots: &[&str],
        arguments: impl ToRedisArgs + Sync,
        retry: Retry,
    ) -> Result<Value, Failure> {
        let command = |name: &str, script: &str| {
            let mut command = Cmd::new();
            command.arg(name).arg(script).arg(slots.len()).arg(slots).arg(&arguments);
            command
        };
        let slot = slots.first().copied().unwrap_or_default();
        let by_hash = link.send("EVALSHA", slot, &command("EVALSHA", self.sha), retry).await;
        match by_hash {
            Err(failure) if failure.is_no_script() => {
                link.send("EVAL", slot, &command("EVAL", self.text), retry).await
            }
            reply => reply,
        }
    }
}
