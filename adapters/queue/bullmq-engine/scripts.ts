/**
 * Our scripts for messages. They write the same keys as BullMQ's: a hash for each job, the sorted sets `prioritized`,
 * `delayed`, `completed` and `failed`, the lists `wait` and `active`, and `marker`, at which workers wait.
 *
 * Fields of ours in a job's hash begin with `o:`. `o:starts` counts deliveries that reached a handler, `o:run` names the
 * latest one and `o:at` is when it started. `o:f<n>` says how attempt n failed, `o:err` the latest failure's error and
 * `o:state` whether it was one in time. `o:why` is why a message is dead, `o:epoch` how often it was replayed, `o:key`
 * its idempotency key, `o:tick` the schedule that it is a tick of.
 */
import { redisScript } from "../../kit/engines/redis/commands.ts"

/**
 * `base` is the beginning of the queue's keys; times are epoch milliseconds. The server's clock decides which messages are
 * due: those of publishers may be wrong.
 */
export const LIBRARY = `
local function serverTime()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function mark(base, member, score)
  redis.call('ZADD', base .. 'marker', score, member)
end

local function markWaiting(base)
  if redis.call('HEXISTS', base .. 'meta', 'paused') == 0 then mark(base, '0', 0) end
end

local function prioritize(base, id, priority)
  local count = redis.call('INCR', base .. 'pc')
  redis.call('ZADD', base .. 'prioritized', priority * 4294967296 + count % 4294967296, id)
end

-- Those that are due take their place before one that comes now.
local function promote(base)
  local dueUntil = (serverTime() + 1) * 4096 - 1
  local due = redis.call('ZRANGEBYSCORE', base .. 'delayed', '-inf', dueUntil, 'LIMIT', 0, 500)
  if #due == 0 then return end
  redis.call('ZREM', base .. 'delayed', unpack(due))
  for _, id in ipairs(due) do
    local priority = tonumber(redis.call('HGET', base .. id, 'priority'))
    if priority then
      prioritize(base, id, priority)
      redis.call('HSET', base .. id, 'delay', 0)
    end
  end
  markWaiting(base)
end

-- Where several are due at one instant, the score says who came first; beyond 4,095 the id does.
local function enqueue(base, id, priority, dueAt, now)
  if dueAt <= now then
    promote(base)
    prioritize(base, id, priority)
    return markWaiting(base)
  end
  local first = dueAt * 4096
  local latest = redis.call('ZREVRANGEBYSCORE', base .. 'delayed', first + 4095, first, 'WITHSCORES', 'LIMIT', 0, 1)
  local score = first
  if latest[2] then score = math.min(tonumber(latest[2]) + 1, first + 4095) end
  redis.call('ZADD', base .. 'delayed', score, id)
  local nearest = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')
  mark(base, '1', tonumber(nearest[2]) / 4096)
end

local function dequeue(base, id)
  return redis.call('ZREM', base .. 'prioritized', id) + redis.call('ZREM', base .. 'delayed', id)
    + redis.call('LREM', base .. 'wait', 1, id)
end

local function drop(base, id)
  redis.call('DEL', base .. id, base .. id .. ':lock', base .. id .. ':logs')
end

-- The key can make a message again.
local function freeKey(base, id)
  local key = redis.call('HGET', base .. id, 'o:key')
  if key and redis.call('GET', base .. 'key:' .. key) == id then redis.call('DEL', base .. 'key:' .. key) end
end

-- Ids of records that are gone, by when they finished. Those of the latest are known; of older ones 'trimmed' says up to
-- when they finished.
local function forget(base, before, most)
  local gone = base .. 'gone'
  local last = redis.call('ZCOUNT', gone, '-inf', '(' .. before)
  last = math.max(last, redis.call('ZCARD', gone) - most) - 1
  if last < 0 then return end
  local edge = redis.call('ZRANGE', gone, last, last, 'WITHSCORES')
  redis.call('ZREMRANGEBYRANK', gone, 0, last)
  local known = tonumber(redis.call('HGET', base .. 'upkeep', 'trimmed') or '0')
  if tonumber(edge[2]) > known then redis.call('HSET', base .. 'upkeep', 'trimmed', edge[2]) end
end
`

/** How many values `publishScript` takes for each message. */
const VALUES_OF_MESSAGE = 11

/**
 * Stores messages, in their order, unless their id or their idempotency key is known.
 *
 * KEYS: the names of all queues, the jobs. ARGV: base, the queue's name, and of each message: id, payload, options, type,
 * priority, delay, the publisher's time, idempotency key, its window, `1` where the id may be known, since when that may
 * be. Returns of each: 1 and the id of the new message, 0 and that of the one that was there, 2 where its record may have
 * been dropped.
 */
export const publishScript = redisScript(`${LIBRARY}
local base = ARGV[1]

local function store(job, id, payload, options, name, priority, delay, at, key, window, known, since)
  if redis.call('EXISTS', job) == 1 then return 0, id end
  if known == '1' and redis.call('ZSCORE', base .. 'gone', id) then return 0, id end
  if key ~= '' then
    local first = redis.call('GET', base .. 'key:' .. key)
    if first then return 0, first end
  end
  if known == '1' then
    local trimmed = redis.call('HGET', base .. 'upkeep', 'trimmed')
    if trimmed and tonumber(trimmed) >= tonumber(since) then return 2, id end
  end
  redis.call('HSET', job, 'name', name, 'data', payload, 'opts', options, 'timestamp', at, 'delay', delay,
    'priority', priority)
  if key ~= '' then
    redis.call('HSET', job, 'o:key', key)
    redis.call('SET', base .. 'key:' .. key, id, 'PX', window)
  end
  local now, wait = serverTime(), tonumber(delay)
  -- A wait is never shorter than was asked for: the millisecond that has begun does not count.
  enqueue(base, id, tonumber(priority), wait == 0 and now or now + wait + 1, now)
  return 1, id
end

redis.call('SADD', KEYS[1], ARGV[2])
local answers = {}
for number = 2, #KEYS do
  local first = 3 + (number - 2) * ${VALUES_OF_MESSAGE}
  local outcome, id = store(KEYS[number], unpack(ARGV, first, first + ${VALUES_OF_MESSAGE - 1}))
  answers[#answers + 1] = outcome
  answers[#answers + 1] = id
end
return answers
`)

/**
 * Counts deliveries before their handlers are called. One that was counted and never answered for has crashed.
 *
 * KEYS: the jobs. ARGV: now, error of a crash, and the lock, the run and the most attempts of each. Returns of each: 1, the
 * attempt, the replays and when the attempt before it started where that crashed; 0 where the lock is not ours; 2 and the
 * same where no attempt is left.
 */
export const startScript = redisScript(`
local now, lost = ARGV[1], ARGV[2]
local function start(job, lock, run, most)
  if redis.call('GET', job .. ':lock') ~= lock then return {0} end
  local known = redis.call('HMGET', job, 'o:starts', 'o:run', 'o:at', 'o:epoch')
  local starts, epoch = tonumber(known[1] or '0'), tonumber(known[4] or '0')
  if known[2] == run then return {1, starts, epoch, ''} end
  local crashed = ''
  if starts > 0 and redis.call('HEXISTS', job, 'o:f' .. starts) == 0 then
    crashed = known[3]
    redis.call('HSET', job, 'o:f' .. starts, '{"attempt":' .. starts .. ',"reason":"crash","error":' .. lost
      .. ',"startedAt":' .. known[3] .. ',"detectedAt":' .. now .. '}', 'o:err', lost)
  end
  if starts >= most then return {2, starts, epoch, crashed} end
  redis.call('HSET', job, 'o:starts', starts + 1, 'o:run', run, 'o:at', now)
  return {1, starts + 1, epoch, crashed}
end
local answers = {}
for index, job in ipairs(KEYS) do
  answers[index] = start(job, ARGV[index * 3], ARGV[index * 3 + 1], tonumber(ARGV[index * 3 + 2]))
end
return answers
`)

/**
 * Whether a worker that had no answer has recorded what became of a message. KEYS: the job, completed. ARGV: id, run, and
 * a field with what was written to it, or nothing where it was completed.
 */
export const lookScript = redisScript(`
if ARGV[3] ~= '' then return redis.call('HGET', KEYS[1], ARGV[3]) == ARGV[4] and 1 or 0 end
if redis.call('HGET', KEYS[1], 'o:run') ~= ARGV[2] then return 0 end
return redis.call('ZSCORE', KEYS[2], ARGV[1]) and 1 or 0
`)

/** KEYS: the job. ARGV: run, progress. */
export const progressScript = redisScript(`
if redis.call('HGET', KEYS[1], 'o:run') == ARGV[1] then redis.call('HSET', KEYS[1], 'progress', ARGV[2]) end
return 1
`)

/**
 * A worker says that it is there, for a while. KEYS: the names of all queues. ARGV: base, the queue's name, the worker,
 * its rate limit, how long it holds, the version of this layout. Returns 0, or 1 and the rate limit of another worker, or
 * 2 and the other version.
 */
export const enlistScript = redisScript(`
local base, limit = ARGV[1], ARGV[4]
local version = redis.call('HGET', base .. 'meta', 'o:layout')
if version and version ~= ARGV[6] then return {2, version} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', base .. 'workers', '-inf', now)
for _, worker in ipairs(redis.call('ZRANGE', base .. 'workers', 0, -1)) do
  local name, others = string.match(worker, '^(%S+) (%S+)$')
  if name ~= ARGV[3] and others ~= limit then return {1, others} end
end
redis.call('ZADD', base .. 'workers', now + tonumber(ARGV[5]), ARGV[3] .. ' ' .. limit)
redis.call('HSET', base .. 'meta', 'o:layout', ARGV[6], 'opts.maxLenEvents', 100)
redis.call('SADD', KEYS[1], ARGV[2])
return {0}
`)

/** The worker is gone. ARGV: base, the worker, its rate limit. */
export const delistScript = redisScript(`
return redis.call('ZREM', ARGV[1] .. 'workers', ARGV[2] .. ' ' .. ARGV[3])
`)
