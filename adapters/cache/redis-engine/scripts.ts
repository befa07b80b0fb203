/**
 * The changes that one command cannot make, each atomic and about one key, so that they work in a cluster too.
 *
 * An entry is a string. A leased key is a hash with the token: so GET, MGET and SCAN for strings pass it over without a
 * check, and SET replaces it. Whatever else stands under a key is not of this cache.
 */
import { redisScript } from "../../kit/engines/redis/commands.ts"

/** The field of a leased key that holds the token. */
const LEASE = "#lease"

/** Begins each script about an entry: what its key holds. */
const STATE = `
local key = KEYS[1]
local kind = redis.call('TYPE', key).ok
local leased = kind == 'hash' and redis.call('HEXISTS', key, '${LEASE}') == 1
`

/** Begins each script that stores where nothing is: what is not of this cache is not replaced. */
const STATE_OR_ERROR = `${STATE}
if kind ~= 'none' and kind ~= 'string' and not leased then
  return redis.error_reply('WRONGTYPE the key holds another type of data')
end
local function store(text, ttl)
  if ttl == '' then redis.call('SET', key, text) else redis.call('SET', key, text, 'PX', ttl) end
end
`

/** How many of the keys held an entry. All are gone, leases and other types too. */
export const deleteScript = redisScript(`
local deleted = 0
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok == 'string' then deleted = deleted + 1 end
  redis.call('UNLINK', key)
end
return deleted
`)

/** text, ttl -> 1 stored, 0 there was an entry. */
export const setIfAbsentScript = redisScript(`${STATE_OR_ERROR}
if kind == 'string' then return 0 end
store(ARGV[1], ARGV[2])
return 1
`)

/** by, ttl, the text of -0 -> the sum, or nil where a number is not a safe integer. */
export const incrementScript = redisScript(`${STATE_OR_ERROR}
local function integer(text)
  local number = (text == '0' or text:find('^%-?[1-9]%d*$')) and tonumber(text)
  return number and math.abs(number) <= ${Number.MAX_SAFE_INTEGER} and number
end
local stored = kind == 'string' and redis.call('GET', key) or '0'
local head = stored:match('^#[^\\n]*\\n') or ''
local text = stored:sub(#head + 1)
local number = integer(text == ARGV[3] and '0' or text)
local sum = number and string.format('%.0f', number + tonumber(ARGV[1]))
if not sum or not integer(sum) then return false end
if kind == 'string' then redis.call('SET', key, head .. sum, 'KEEPTTL') else store(sum, ARGV[2]) end
return sum
`)

/** ttl, tags indexed for it -> 1 done, 0 no entry, or `#` and the tags of the entry where they are others. */
export const touchScript = redisScript(`${STATE}
if kind ~= 'string' then return 0 end
if redis.call('GETRANGE', key, 0, 0) == '#' then
  local tags = redis.call('GET', key):match('^#([^\\n]*)')
  if tags ~= ARGV[2] then return '#' .. tags end
end
if ARGV[1] == '' then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, ARGV[1]) end
return 1
`)

/** -> milliseconds left, -1 never expires, -2 no entry. */
export const ttlScript = redisScript(`${STATE}
if kind ~= 'string' then return -2 end
return redis.call('PTTL', key)
`)

/** token, ttl -> 1 leased, 0 there is something. */
export const leaseScript = redisScript(`
local key = KEYS[1]
if redis.call('EXISTS', key) == 1 then return 0 end
redis.call('HSET', key, '${LEASE}', ARGV[1])
redis.call('PEXPIRE', key, ARGV[2])
return 1
`)

/** token, text, ttl -> 1 stored, 0 the lease does not hold. */
export const fillScript = redisScript(`${STATE_OR_ERROR}
if not leased or redis.call('HGET', key, '${LEASE}') ~= ARGV[1] then return 0 end
store(ARGV[2], ARGV[3])
return 1
`)

/** -> 1 the key is leased. */
export const isLeasedScript = redisScript(`${STATE}
return leased and 1 or 0
`)

export const voidLeaseScript = redisScript(`${STATE}
if leased then redis.call('UNLINK', key) end
`)

/** tag: deletes the entry if it carries it. */
export const deleteTaggedScript = redisScript(`${STATE}
if kind ~= 'string' or redis.call('GETRANGE', key, 0, 0) ~= '#' then return end
local tags = redis.call('GET', key):match('^#([^\\n]*)\\n')
if tags and (',' .. tags .. ','):find(',' .. ARGV[1] .. ',', 1, true) then redis.call('UNLINK', key) end
`)

/** -> what is stored and its fingerprint, for `discardScript`; nil where it is no string. */
export const inspectScript = redisScript(`${STATE}
if kind ~= 'string' then return false end
local stored = redis.call('GET', key)
return {stored, redis.sha1hex(stored)}
`)

/** fingerprint: deletes what has it, or what is neither an entry nor a lease -> 1 deleted. */
export const discardScript = redisScript(`${STATE}
if leased or kind == 'string' and redis.sha1hex(redis.call('GET', key)) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', key)
`)
