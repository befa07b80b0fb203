/** Our scripts for what queues have: counted, shown, removed, replayed. See `scripts.ts` for the keys. */
import { redisScript } from "../../kit/engines/redis/commands.ts"
import { LIBRARY } from "./scripts.ts"

/**
 * ARGV: base, now, the oldest completed record that counts, how many do, the oldest dead one. Returns waiting, delayed,
 * active, completed, dead, paused, schedules, workers. A tick that is not due is no message.
 */
export const countScript = redisScript(`
local base, now = ARGV[1], tonumber(ARGV[2])
local dueUntil = (now + 1) * 4096 - 1
local due = redis.call('ZCOUNT', base .. 'delayed', '-inf', dueUntil)
local waiting = redis.call('LLEN', base .. 'wait') + redis.call('ZCARD', base .. 'prioritized') + due
local later = redis.call('ZCARD', base .. 'delayed') - due - redis.call('ZCOUNT', base .. 'ticks', '(' .. ARGV[2], '+inf')
local completed = math.min(redis.call('ZCOUNT', base .. 'completed', ARGV[3], '+inf'), tonumber(ARGV[4]))
local time = redis.call('TIME')
local workers = redis.call('ZCOUNT', base .. 'workers', time[1] * 1000, '+inf')
return {waiting, math.max(later, 0), redis.call('LLEN', base .. 'active'), completed,
  redis.call('ZCOUNT', base .. 'failed', ARGV[5], '+inf'), redis.call('HEXISTS', base .. 'meta', 'paused'),
  redis.call('ZCARD', base .. 'ticks'), workers}
`)

/**
 * KEYS: the job. ARGV: base, id, now, the oldest completed record that counts, how many do, the oldest dead one. Returns
 * the state, its time and the fields of the job, or nothing.
 */
export const readScript = redisScript(`
local base, id = ARGV[1], ARGV[2]
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then return false end
local score = redis.call('ZSCORE', base .. 'completed', id)
if score then
  local hidden = tonumber(score) < tonumber(ARGV[4])
    or redis.call('ZREVRANK', base .. 'completed', id) >= tonumber(ARGV[5])
  if hidden then return false end
  return {'completed', score, fields}
end
score = redis.call('ZSCORE', base .. 'failed', id)
if score then
  if tonumber(score) < tonumber(ARGV[6]) then return false end
  return {'dead', score, fields}
end
score = redis.call('ZSCORE', base .. 'delayed', id)
if score then return {'delayed', string.format('%.0f', math.floor(score / 4096)), fields} end
if redis.call('ZSCORE', base .. 'prioritized', id) then return {'waiting', '0', fields} end
if redis.call('EXISTS', KEYS[1] .. ':lock') == 1 or redis.call('LPOS', base .. 'active', id) then
  return {'active', '0', fields}
end
return {'waiting', '0', fields}
`)

/** The schedule that has a message as its next tick: it is only removed once the schedule has another one. */
const TICKS = `
local function pendingTick(base, id)
  local name = redis.call('HGET', base .. id, 'o:tick')
  return name and redis.call('HGET', base .. 'schedule:' .. name, 'tick') == id and name
end
`

/** KEYS: the job. ARGV: base, id, now. Returns 1 where it was removed, 0 where not, else the schedule to go on with first. */
export const cancelScript = redisScript(`${LIBRARY}${TICKS}
local base, id, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local name = pendingTick(base, id)
if name then
  if tonumber(redis.call('ZSCORE', base .. 'ticks', name) or '0') > now then return 0 end
  return name
end
if redis.call('EXISTS', KEYS[1] .. ':lock') == 1 or dequeue(base, id) == 0 then return 0 end
freeKey(base, id)
drop(base, id)
return 1
`)

/**
 * Drops messages that wait or are delayed, at most so many. ARGV: base, now, how many, how many of those that wait and of
 * those delayed were spared before. Returns how many were dropped, how many of both spared, whether there are more.
 */
export const purgeScript = redisScript(`${LIBRARY}${TICKS}
local base, now, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local waiting, delayed = tonumber(ARGV[4]), tonumber(ARGV[5])
local dropped = 0
local function remove(id)
  freeKey(base, id)
  drop(base, id)
  dropped = dropped + 1
end
local ids = redis.call('ZRANGE', base .. 'prioritized', waiting, waiting + most - 1)
local seen = #ids
for _, id in ipairs(ids) do
  if pendingTick(base, id) then
    waiting = waiting + 1
  else
    redis.call('ZREM', base .. 'prioritized', id)
    remove(id)
  end
end
for _, id in ipairs(redis.call('LRANGE', base .. 'wait', 0, most - seen - 1)) do
  if seen >= most then break end
  seen = seen + 1
  redis.call('LREM', base .. 'wait', 1, id)
  remove(id)
end
if seen < most then
  ids = redis.call('ZRANGE', base .. 'delayed', delayed, delayed + most - seen - 1)
  seen = seen + #ids
  for _, id in ipairs(ids) do
    if pendingTick(base, id) then
      delayed = delayed + 1
    else
      redis.call('ZREM', base .. 'delayed', id)
      remove(id)
    end
  end
end
return {dropped, waiting, delayed, seen >= most and 1 or 0}
`)

const REPLAY = `
local function replay(base, id, now)
  local job = base .. id
  local priority = tonumber(redis.call('HGET', job, 'priority'))
  if not priority then return 0 end
  local gone = {'finishedOn', 'processedOn', 'failedReason', 'stacktrace', 'progress', 'atm', 'ats', 'stc', 'defa',
    'o:starts', 'o:run', 'o:at', 'o:err', 'o:state', 'o:why'}
  for _, field in ipairs(redis.call('HKEYS', job)) do
    if string.sub(field, 1, 3) == 'o:f' then table.insert(gone, field) end
  end
  for from = 1, #gone, 1000 do
    redis.call('HDEL', job, unpack(gone, from, math.min(from + 999, #gone)))
  end
  redis.call('HINCRBY', job, 'o:epoch', 1)
  enqueue(base, id, priority, now, now)
  return 1
end
`

/** KEYS: failed. ARGV: base, id, now, the oldest dead record that counts. Returns whether it was dead. */
export const replayScript = redisScript(`${LIBRARY}${REPLAY}
local base, id = ARGV[1], ARGV[2]
local score = redis.call('ZSCORE', KEYS[1], id)
if not score or tonumber(score) < tonumber(ARGV[4]) then return 0 end
redis.call('ZREM', KEYS[1], id)
return replay(base, id, tonumber(ARGV[3]))
`)

/** KEYS: failed. ARGV: base, now, the oldest and the youngest dead record meant, how many. Returns how many it had. */
export const replayAllScript = redisScript(`${LIBRARY}${REPLAY}
local base, replayed = ARGV[1], 0
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[3], ARGV[4], 'LIMIT', 0, ARGV[5])
for _, id in ipairs(ids) do
  redis.call('ZREM', KEYS[1], id)
  replayed = replayed + replay(base, id, tonumber(ARGV[2]))
end
return {#ids, replayed}
`)

/**
 * Drops records of what is done; their ids are known a while longer. KEYS: completed or failed. ARGV: base, up to when it
 * finished, how many of the latest stay, at most how many in this step, since when ids stay known and how many. Returns
 * how many records it dropped.
 */
export const trimScript = redisScript(`${LIBRARY}
local base, most = ARGV[1], tonumber(ARGV[4])
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', 0, most)
if #ids < most * 2 then
  local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
  if over > #ids / 2 then ids = redis.call('ZRANGE', KEYS[1], 0, math.min(over, most) - 1, 'WITHSCORES') end
end
for index = 1, #ids, 2 do
  redis.call('ZREM', KEYS[1], ids[index])
  drop(base, ids[index])
  redis.call('ZADD', base .. 'gone', ids[index + 1], ids[index])
end
forget(base, ARGV[5], tonumber(ARGV[6]))
return #ids / 2
`)

/**
 * KEYS: failed. ARGV: base, the oldest score that counts, the id behind which to begin or nothing, how many. Returns ids
 * and scores.
 */
export const listDeadScript = redisScript(`
local from, behind, most = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local found, offset = {}, 0
repeat
  local page = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', offset, 1000)
  for index = 1, #page, 2 do
    if tonumber(page[index + 1]) > from or page[index] > behind then
      table.insert(found, page[index])
      table.insert(found, page[index + 1])
      if #found == most * 2 then return found end
    end
  end
  offset = offset + 1000
until #page < 2000
return found
`)
