//! What several scripts begin with: how Lua reads the bytes of a slot that [`wire`](crate::codec::wire) lays out.

/// `stamp_of(value)`: the stamp of an epoch, in digits; nothing for what is no epoch.
macro_rules! epochs {
    () => {
        r"local function stamp_of(value)
  return value and string.match(value, '^\4' .. string.rep('.', 16) .. '(%d+)$')
end
"
    };
}

/// `prolong(key, life)`: lets a slot live for `life` milliseconds or longer. Where less is left it is twice that, so that it
/// is rarely done: whoever keeps values under a tag in its process is told of a change each time.
macro_rules! prolonging {
    () => {
        r"local function twice(life) return string.format('%.0f', math.min(2 * life, 2^62)) end
local function prolong(key, life)
  local left = redis.call('PTTL', key)
  if left >= 0 and left < tonumber(life) then redis.call('PEXPIRE', key, twice(life)) end
end
"
    };
}

/// `is_intent(value)`: whether a slot is being written.
macro_rules! intents {
    () => {
        r"local function is_intent(value)
  return value and #value >= 4 and string.sub(value, 1, 2) == '\2\2'
    and #value == 4 + 29 * string.byte(value, 4)
end
"
    };
}

/// `writers`, those of `KEYS[1]` whose right is not over `now`, each as `{token, end}`; `is_shared`, whether there have
/// been several at a time; and `write(writers, is_shared)`, which puts them there until the last of them ends.
macro_rules! writers {
    () => {
        r"local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = redis.call('MGET', KEYS[1])[1]
local writers, is_shared = {}, false
if is_intent(found) then
  is_shared = string.byte(found, 3) ~= 0
  for at = 5, #found, 29 do
    local ends = tonumber(string.sub(found, at + 16, at + 28)) or 0
    if ends > now then table.insert(writers, {string.sub(found, at, at + 15), ends}) end
  end
end
local function write(writers, is_shared)
  local bytes, last = {'\2\2', is_shared and '\1' or '\0', string.char(#writers)}, 0
  for _, writer in ipairs(writers) do
    table.insert(bytes, writer[1] .. string.format('%013.0f', writer[2]))
    last = math.max(last, writer[2])
  end
  redis.call('SET', KEYS[1], table.concat(bytes), 'PXAT', string.format('%.0f', last))
end
"
    };
}

pub(super) use {epochs, intents, prolonging, writers};
