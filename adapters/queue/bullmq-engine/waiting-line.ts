import type { Clock } from "../../../contracts/foundation/clock.ts"
import { isIoredisClient } from "../../kit/engines/redis/injected.ts"
import { duplicateNodeRedis, type NodeRedisLike, openNodeRedis } from "../../kit/engines/redis/node-redis.ts"
import { redisTarget } from "../../kit/engines/redis/options.ts"
import type { LibraryClient } from "../../kit/engines/redis/own-client.ts"
import { duplicateIoredis, openIoredis } from "../../kit/engines/redis/own-ioredis.ts"
import type { ParsedOptions } from "./options.ts"

/** An answer that is later than asked for by so much comes no more. */
const SLACK_MS = 2000

/**
 * The connection over which a worker waits, since a command that waits holds up those behind it. It is made anew when
 * something is wrong with it.
 */
export class WaitingLine {
  readonly #options: ParsedOptions
  readonly #clock: Clock
  #line: LibraryClient | undefined
  #closed = false

  constructor(options: ParsedOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Takes the first mark at `key`, and resolves its score, or undefined where none comes in time. */
  async take(key: string, ms: number): Promise<number | undefined> {
    // A server may close what was idle for long.
    if (this.#line?.isReady === false) this.#end(this.#line)
    const line = this.#line ?? (await this.#connect())
    const answer = line.send(["BZPOPMIN", key, String(Math.max(ms, 1) / 1000)])
    try {
      const popped = (await this.#within(ms + SLACK_MS, answer)) as [string, string, string | number] | null
      return popped === null ? undefined : Number(popped[2])
    } catch (error) {
      this.#end(line)
      throw error
    }
  }

  /** Ends what is being waited for. */
  close(): void {
    this.#closed = true
    if (this.#line !== undefined) this.#end(this.#line)
  }

  async #connect(): Promise<LibraryClient> {
    const line = await openLine(this.#options)
    line.on("error", () => {})
    this.#line = line
    try {
      if (this.#closed) throw new Error("The worker stops.")
      await this.#within(this.#options.timeoutMs, line.connect())
      return line
    } catch (error) {
      this.#end(line)
      throw error
    }
  }

  #end(line: LibraryClient): void {
    if (this.#line === line) this.#line = undefined
    line.end()
  }

  #within<T>(ms: number, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => reject(new Error("The server gives no sign of life.")), ms)
      promise.then(resolve, reject).finally(() => timer.cancel())
    })
  }
}

/** A connection that nobody else uses, of the kind that the application has made if it has. */
async function openLine(options: ParsedOptions): Promise<LibraryClient> {
  const { client, library } = options
  if (client !== undefined) {
    return isIoredisClient(client) ? duplicateIoredis(client) : duplicateNodeRedis(client as NodeRedisLike)
  }
  return library === "ioredis" ? openIoredis(redisTarget(options), false) : openNodeRedis(redisTarget(options), false)
}
