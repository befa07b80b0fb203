import { randomInt } from "node:crypto"
import { type RedisCommands, redisScript } from "../../kit/engines/redis/commands.ts"

/**
 * How long a member outlives what it stands for. Covers clocks of a cluster's nodes that differ, and an entry that
 * begins to live a while after it was indexed.
 */
const SLACK_MS = 60_000

/** member, ttl: adds it until then, drops members whose time is over, and lets the index expire with the last one. */
const addScript = redisScript(`
local index = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', index, '-inf', string.format('%.0f', now - ${SLACK_MS}))
local score = ARGV[2] == '' and '+inf' or string.format('%.0f', now + ARGV[2])
redis.call('ZADD', index, 'GT', score, ARGV[1])
local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')[2]
if last == 'inf' then
  redis.call('PERSIST', index)
else
  redis.call('PEXPIREAT', index, string.format('%.0f', last + ${SLACK_MS}))
end
`)

/** owner: moves the members to the second key, which then is that owner's -> 1, or 0 where there are none. */
const setAsideScript = redisScript(`
local index, aside = KEYS[1], KEYS[2]
if redis.call('EXISTS', index) == 1 then
  if redis.call('EXISTS', aside) == 1 then
    redis.call('ZUNIONSTORE', aside, 2, aside, index, 'AGGREGATE', 'MAX')
    redis.call('UNLINK', index)
  else
    redis.call('RENAME', index, aside)
  end
end
if redis.call('EXISTS', aside) == 0 then return 0 end
redis.call('ZADD', aside, ARGV[1], '')
return 1
`)

/** owner: deletes what was set aside, unless another has taken it over with more members. */
const dropScript = redisScript(`
if tonumber(redis.call('ZSCORE', KEYS[1], '') or -1) == tonumber(ARGV[1]) then redis.call('UNLINK', KEYS[1]) end
`)

/**
 * A set of keys that forgets each by itself when its entry or lease is over: a sorted set whose scores are those ends,
 * by the server's clock.
 *
 * No member is removed by name, for it may have been added again meanwhile. Whoever wants to be done with all members
 * sets them aside first, and deletes those as a whole.
 */
export class ExpiringIndex {
  readonly #redis: RedisCommands
  readonly #key: string
  readonly #aside: string

  /** @param key Has a part in braces, so that both keys of the index are on one node of a cluster. */
  constructor(redis: RedisCommands, key: string) {
    this.#redis = redis
    this.#key = key
    this.#aside = `${key}:aside`
  }

  async add(member: string, ttlMs: number | undefined): Promise<void> {
    await this.#redis.run(addScript, [this.#key], member, ttlMs === undefined ? "" : String(ttlMs))
  }

  members(): AsyncGenerator<string[], void, undefined> {
    return this.#redis.members(this.#key)
  }

  /**
   * Takes the present members out of the index, with what others took out and did not finish. @returns What to give to
   * `drop`, or undefined where there are none.
   */
  async setAside(): Promise<string | undefined> {
    const owner = String(randomInt(2 ** 47))
    const some = await this.#redis.run(setAsideScript, [this.#key, this.#aside], owner)
    return Number(some) === 1 ? owner : undefined
  }

  async *membersAside(): AsyncGenerator<string[], void, undefined> {
    for await (const page of this.#redis.members(this.#aside)) yield page.filter((member) => member !== "")
  }

  async drop(owner: string): Promise<void> {
    await this.#redis.run(dropScript, [this.#aside], owner)
  }
}
