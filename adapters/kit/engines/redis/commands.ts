import { createHash } from "node:crypto"
import { ServiceError } from "../../../../contracts/foundation/errors.ts"
import type { RedisArgument } from "./client.ts"
import type { RedisConnection } from "./connection.ts"
import { replyOf } from "./errors.ts"

/** A Lua script and the hash that a server knows it by. */
export interface RedisScript {
  readonly text: string
  readonly sha: string
}

export function redisScript(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") }
}

/** Keys in one command, or asked for in one step of a walk. */
const BATCH = 1000

/** The commands that adapters need, typed, over any client library. Each hands on the promise of the connection. */
export class RedisCommands {
  readonly #connection: RedisConnection
  /** Scripts that were sent to the server, and over which connection. */
  readonly #loaded = new Map<RedisScript, number>()

  constructor(connection: RedisConnection) {
    this.#connection = connection
  }

  /** Commands of one tick are executed in their order, whatever their keys. */
  get ordered(): boolean {
    return !this.#connection.cluster
  }

  /** Keys that one command can take. */
  get batch(): number {
    return this.#connection.cluster ? 1 : BATCH
  }

  get(key: string): Promise<string | null> {
    return this.#connection.send(key, ["GET", key]) as Promise<string | null>
  }

  set(key: string, text: string, ttlMs: number | undefined): Promise<unknown> {
    const args = ttlMs === undefined ? ["SET", key, text] : ["SET", key, text, "PX", String(ttlMs)]
    return this.#connection.send(key, args)
  }

  /** Reads and deletes. */
  getDel(key: string): Promise<string | null> {
    return this.#connection.send(key, ["GETDEL", key]) as Promise<string | null>
  }

  /** `string`, `hash` and so on; `none` for an absent key. */
  type(key: string): Promise<string> {
    return this.#connection.send(key, ["TYPE", key]) as Promise<string>
  }

  mGet(keys: readonly string[]): Promise<(string | null)[]> {
    return this.#connection.send(keys[0] ?? "", ["MGET", ...keys]) as Promise<(string | null)[]>
  }

  mSet(entries: readonly (readonly [string, string])[]): Promise<unknown> {
    return this.#connection.send(entries[0]?.[0] ?? "", ["MSET", ...entries.flat()])
  }

  unlink(keys: readonly string[]): Promise<unknown> {
    return this.#connection.send(keys[0] ?? "", ["UNLINK", ...keys])
  }

  /** Runs a script by its hash, and sends its text where the server does not have it. */
  run(script: RedisScript, keys: readonly string[], ...args: RedisArgument[]): Promise<unknown> {
    return this.evaluate(script, keys[0] ?? "", ["EVALSHA", script.sha, String(keys.length), ...keys, ...args])
  }

  /**
   * Has the server know a script before the commands that follow. Without it the first commands of a script are sent
   * twice, and those that were sent meanwhile come before them.
   */
  load(script: RedisScript): void {
    const { connections } = this.#connection
    if (this.#loaded.get(script) === connections) return
    this.#loaded.set(script, connections)
    this.#connection.send("", ["SCRIPT", "LOAD", script.text]).catch(() => {})
  }

  /** The same, of a command that is put together: EVALSHA, the hash, the count of keys, the keys and the arguments. */
  async evaluate(script: RedisScript, key: string, command: RedisArgument[]): Promise<unknown> {
    try {
      return await this.#connection.send(key, command)
    } catch (error) {
      if (replyOf(error) !== "NOSCRIPT") throw error
      return this.#connection.send(key, ["EVAL", script.text, ...command.slice(2)])
    }
  }

  /** Keys that match a glob pattern, page by page, of every server. A key may come twice. */
  async *scan(pattern: string, type?: string): AsyncGenerator<string[], void, undefined> {
    // A cluster tells its servers with the first answer.
    await this.#connection.sendTo(undefined, ["PING"])
    for (const server of this.#connection.servers) {
      let cursor = "0"
      do {
        const only = type === undefined ? [] : ["TYPE", type]
        const args = ["SCAN", cursor, "MATCH", pattern, "COUNT", String(BATCH), ...only]
        const [next, keys] = (await this.#connection.sendTo(server, args)) as [string, string[]]
        cursor = String(next)
        yield keys
      } while (cursor !== "0")
    }
  }

  /** Members of a sorted set, page by page. A member may come twice. */
  async *members(key: string): AsyncGenerator<string[], void, undefined> {
    let cursor = "0"
    do {
      const args = ["ZSCAN", key, cursor, "COUNT", String(BATCH)]
      const [next, pairs] = (await this.#connection.send(key, args)) as [string, string[]]
      cursor = String(next)
      // Members and their scores in turn.
      yield pairs.filter((_, index) => index % 2 === 0)
    } while (cursor !== "0")
  }

  /** Resolves when each server that holds keys answers. */
  async ping(): Promise<void> {
    await this.#connection.sendTo(undefined, ["PING"])
    if (!this.#connection.cluster) return
    await Promise.all(this.#connection.servers.map((server) => this.#connection.sendTo(server, ["PING"])))
  }

  /** Runs commands for many items, a batch at a time, since the deadline of each begins when it is sent. */
  async each<Item, T>(items: readonly Item[], run: (item: Item) => Promise<T>): Promise<T[]> {
    const results: T[] = []
    for (const batch of batchesOf(items, BATCH)) {
      try {
        results.push(...(await this.together(batch.map(run))))
      } catch (error) {
        throw results.length === 0 ? error : this.partly(error)
      }
    }
    return results
  }

  /**
   * The answers of commands that make up one call. Rejects UNAVAILABLE, which tells that nothing was applied, only
   * where that is so of each command.
   */
  async together<T>(commands: readonly Promise<T>[]): Promise<T[]> {
    const outcomes = await Promise.allSettled(commands)
    const errors = outcomes.flatMap((one) => (one.status === "rejected" ? [this.#connection.mapError(one.reason)] : []))
    if (errors.length === 0) return outcomes.map((one) => (one as PromiseFulfilledResult<T>).value)
    const worst = errors.find(({ code }) => code !== "UNAVAILABLE") ?? errors[0]
    throw errors.length === commands.length ? worst : this.partly(worst)
  }

  /** What a call rejects with whose later part failed with `error`, when an earlier one may have been applied. */
  partly(error: unknown): ServiceError {
    const mapped = this.#connection.mapError(error)
    if (mapped.code !== "UNAVAILABLE") return mapped
    return new ServiceError("TIMEOUT", `Some of it may have been applied. ${mapped.message}`, { cause: error })
  }
}

export function batchesOf<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size))
  return batches
}

export function escapeGlob(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, "\\$&")
}
