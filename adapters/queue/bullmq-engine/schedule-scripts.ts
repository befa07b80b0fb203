/**
 * Our scripts for schedules. `ticks` holds the time of each schedule's next tick, `schedule:<name>` what it is, which
 * message its next tick is, and its counts. The next tick is a delayed message: workers wait for it as for any other.
 */
import { redisScript } from "../../kit/engines/redis/commands.ts"
import { LIBRARY } from "./scripts.ts"

const STORE_TICK = `
local function storeTick(base, name, id, at, now, data, opts, type, priority)
  redis.call('HSET', base .. id, 'name', type, 'data', data, 'opts', opts, 'timestamp', string.format('%.0f', at),
    'delay', math.max(at - now, 0), 'priority', priority, 'o:tick', name)
  redis.call('ZADD', base .. 'ticks', at, name)
  redis.call('HSET', base .. 'schedule:' .. name, 'tick', id)
  enqueue(base, id, tonumber(priority), at, now)
end
`

/**
 * KEYS: the names of all queues. ARGV: base, name, definition, payload, options, type, priority, id of the next tick, its
 * time, now, the queue's name. Returns 0 where it was so already, 1 where the payload or the options changed, else 2.
 */
export const setScheduleScript = redisScript(`${LIBRARY}${STORE_TICK}
local base, name, now = ARGV[1], ARGV[2], tonumber(ARGV[10])
local schedule = base .. 'schedule:' .. name
local known = redis.call('HMGET', schedule, 'definition', 'data', 'opts', 'tick')
local isThere = known[4] and redis.call('EXISTS', base .. known[4]) == 1
if isThere and known[1] == ARGV[3] then
  if known[2] == ARGV[4] and known[3] == ARGV[5] then return 0 end
  redis.call('HSET', schedule, 'data', ARGV[4], 'opts', ARGV[5])
  redis.call('HSET', base .. known[4], 'data', ARGV[4], 'opts', ARGV[5])
  return 1
end
if isThere and dequeue(base, known[4]) > 0 then drop(base, known[4]) end
redis.call('SADD', KEYS[1], ARGV[11])
redis.call('HSET', schedule, 'definition', ARGV[3], 'data', ARGV[4], 'opts', ARGV[5], 'type', ARGV[6], 'priority', ARGV[7])
storeTick(base, name, ARGV[8], tonumber(ARGV[9]), now, ARGV[4], ARGV[5], ARGV[6], ARGV[7])
return 2
`)

/**
 * Makes the next tick of a schedule, unless another worker has. ARGV: base, name, id of the tick that came, id and time of
 * the next one, now, how many were skipped, whether the one that came was shifted. Returns whether it did.
 */
export const advanceScript = redisScript(`${LIBRARY}${STORE_TICK}
local base, name = ARGV[1], ARGV[2]
local schedule = base .. 'schedule:' .. name
local known = redis.call('HMGET', schedule, 'tick', 'data', 'opts', 'type', 'priority')
if known[1] ~= ARGV[3] then return 0 end
redis.call('HINCRBY', schedule, 'runs', 1)
redis.call('HINCRBY', schedule, 'skipped', ARGV[7])
redis.call('HINCRBY', schedule, 'shifted', ARGV[8])
storeTick(base, name, ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), known[2], known[3], known[4], known[5])
return 1
`)

/** ARGV: base, name, now. A tick that is due is a message and stays. Returns whether there was a schedule. */
export const unscheduleScript = redisScript(`${LIBRARY}
local base, name = ARGV[1], ARGV[2]
local at = redis.call('ZSCORE', base .. 'ticks', name)
local tick = redis.call('HGET', base .. 'schedule:' .. name, 'tick')
if tick and at and tonumber(at) > tonumber(ARGV[3]) and dequeue(base, tick) > 0 then drop(base, tick) end
redis.call('ZREM', base .. 'ticks', name)
return redis.call('DEL', base .. 'schedule:' .. name)
`)

/**
 * Schedules whose next tick was due at a time. ARGV: base, that time, how many of the first to leave out, at most how many,
 * or the name of the only one meant. Returns how many it looked at, and name, definition, id and time of the tick, and
 * whether it still waits, of each.
 */
export const overdueScript = redisScript(`
local base, name, found, due = ARGV[1], ARGV[5], {}, {}
if name then
  local at = redis.call('ZSCORE', base .. 'ticks', name)
  if at and tonumber(at) <= tonumber(ARGV[2]) then due = {name, at} end
else
  due = redis.call('ZRANGEBYSCORE', base .. 'ticks', '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', ARGV[3], ARGV[4])
end
for index = 1, #due, 2 do
  local known = redis.call('HMGET', base .. 'schedule:' .. due[index], 'definition', 'tick')
  if known[1] then
    local waits = redis.call('ZSCORE', base .. 'delayed', known[2]) or redis.call('ZSCORE', base .. 'prioritized', known[2])
      or redis.call('LPOS', base .. 'wait', known[2])
    table.insert(found, {due[index], known[1], known[2], due[index + 1], waits and 1 or 0})
  end
end
return {#due / 2, found}
`)

/** ARGV: base. Name, time, definition, payload, runs, shifted and skipped of each schedule. */
export const listSchedulesScript = redisScript(`
local base, found = ARGV[1], {}
local all = redis.call('ZRANGE', base .. 'ticks', 0, -1, 'WITHSCORES')
for index = 1, #all, 2 do
  local known = redis.call('HMGET', base .. 'schedule:' .. all[index], 'definition', 'data', 'runs', 'shifted', 'skipped')
  table.insert(found, {all[index], all[index + 1], known[1] or '', known[2] or 'null', known[3] or '0', known[4] or '0',
    known[5] or '0'})
end
return found
`)
