import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { RedisArgument } from "../../kit/engines/redis/client.ts"
import { type InjectedRedisClient, isIoredisClient } from "../../kit/engines/redis/injected.ts"
import { type IoredisLike, sendOver } from "../../kit/engines/redis/ioredis.ts"
import { howToConnect, loadRedisClient, type NodeRedisLike, PLAIN } from "../../kit/engines/redis/node-redis.ts"
import { redisTarget } from "../../kit/engines/redis/options.ts"
import { loadIoredis, makeIoredis } from "../../kit/engines/redis/own-ioredis.ts"
import type { ParsedOptions } from "./options.ts"

/** An answer that is later than asked for by so much comes no more. */
const SLACK_MS = 2000

/** A connection that nobody else uses. */
interface Line {
  send(args: RedisArgument[]): Promise<unknown>
  end(): void
}

/**
 * The connection over which a worker waits, since a command that waits holds up those behind it. It is made anew when
 * something is wrong with it.
 */
export class WaitingLine {
  readonly #options: ParsedOptions
  readonly #clock: Clock
  #line: Line | undefined
  #closed = false

  constructor(options: ParsedOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Takes the first mark at `key`, and resolves its score, or undefined where none comes in time. */
  async take(key: string, ms: number): Promise<number | undefined> {
    const line = await this.#open()
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

  async #open(): Promise<Line> {
    const { client, timeoutMs } = this.#options
    if (this.#line !== undefined) return this.#line
    const opening = client === undefined ? openOwn(this.#options) : openLike(client)
    try {
      const line = await this.#within(timeoutMs, opening)
      this.#line = line
      if (this.#closed) this.#end(line)
      return line
    } catch (error) {
      opening.then((line) => line.end()).catch(() => {})
      throw error
    }
  }

  #end(line: Line): void {
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

async function openOwn(options: ParsedOptions): Promise<Line> {
  const target = redisTarget(options)
  if (options.library === "ioredis") return ioredisLine(makeIoredis(await loadIoredis(), target))
  const { socket, ...rest } = howToConnect(target)
  const library = await loadRedisClient()
  const { addresses, database } = target
  return nodeRedisLine(
    library.createClient({
      ...rest,
      socket: { ...socket, ...addresses[0], reconnectStrategy: false },
      database,
      RESP: 2,
    }),
  )
}

/** One more connection of the kind that the application has made. */
async function openLike(client: InjectedRedisClient): Promise<Line> {
  if (isIoredisClient(client)) {
    const copy = (client as Duplicable<IoredisLike>).duplicate({ lazyConnect: true, retryStrategy: () => null })
    return ioredisLine(copy as IoredisLike & { disconnect(): void })
  }
  const { socket } = ((client as { options?: { socket?: object } }).options ?? {}) as { socket?: object }
  const copy = (client as Duplicable<NodeRedisLike>).duplicate({ socket: { ...socket, reconnectStrategy: false } })
  return nodeRedisLine(copy as NodeRedisLike & { connect(): Promise<unknown> })
}

type Duplicable<Client> = Client & { duplicate(overrides: object): Client }

async function nodeRedisLine(client: NodeRedisLike & { connect(): Promise<unknown> }): Promise<Line> {
  // It stays, or the process would end at an error that comes later.
  client.on("error", () => {})
  const end = () => {
    if (client.isOpen) client.destroy()
  }
  return connected(client.connect(), { send: (args) => client.sendCommand(args as string[], PLAIN), end })
}

async function ioredisLine(client: IoredisLike & { disconnect(): void }): Promise<Line> {
  client.on("error", () => {})
  return connected(client.connect(), { send: (args) => sendOver(client, args), end: () => client.disconnect() })
}

async function connected(connecting: Promise<unknown>, line: Line): Promise<Line> {
  try {
    await connecting
    return line
  } catch (error) {
    line.end()
    throw error
  }
}
