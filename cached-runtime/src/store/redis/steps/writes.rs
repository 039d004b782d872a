//! Steps of the functions that write what a slot is about. Their rights end by the server's clock.

use std::time::Duration;

use bytes::Bytes;

use super::super::RedisStore;
use super::super::script::Script;
use super::lua::{intents, writers};
use super::millis;
use crate::Error;

/// One more than the most writers takes the place of the one whose right ends first.
static BEGIN_WRITE: Script = Script::new(
    concat!(
        intents!(),
        writers!(),
        r"is_shared = is_shared or #writers > 0
if #writers == 255 then
  local first = 1
  for at, writer in ipairs(writers) do
    if writer[2] < writers[first][2] then first = at end
  end
  writers[first] = writers[255]
  table.remove(writers)
end
table.insert(writers, {ARGV[1], math.min(now + ARGV[2], 9999999999999)})
write(writers, is_shared)"
    ),
    "aa6bd07da74e413a1c06d66512b36c1da5feb51a",
);

/// A value is stored for a writer that was there, and never with another.
static END_WRITE: Script = Script::new(
    concat!(
        intents!(),
        writers!(),
        r"local others = {}
for _, writer in ipairs(writers) do
  if writer[1] ~= ARGV[1] then table.insert(others, writer) end
end
if #others > 0 then
  write(others, true)
elseif #writers > 0 and not is_shared and ARGV[2] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
else
  redis.call('UNLINK', KEYS[1])
end
return 0"
    ),
    "8d188009946f6af6444346ab5728b879c486c7bc",
);

impl RedisStore {
    pub(in super::super) async fn add_writer(
        &self,
        slot: &str,
        token: &[u8],
        ttl: Duration,
    ) -> Result<(), Error> {
        let reply = BEGIN_WRITE.run(&self.link, slot, (token, millis(ttl))).await;
        reply.map(drop).map_err(|failure| self.link.error("MGET and SET", failure))
    }

    pub(in super::super) async fn remove_writer(
        &self,
        slot: &str,
        token: &[u8],
        value: Option<(Bytes, Duration)>,
    ) -> Result<bool, Error> {
        let reply = match &value {
            Some((value, ttl)) => {
                END_WRITE.run(&self.link, slot, (token, &**value, millis(*ttl))).await
            }
            None => END_WRITE.run(&self.link, slot, token).await,
        };
        self.verdict("MGET, SET and UNLINK", reply)
    }
}
