import type { Logger } from "../../../contracts/adapter.ts"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { EventEmitter } from "../../../contracts/foundation/events.ts"
import type { QueueEvents } from "../../../contracts/queue/events.ts"
import type { QueueDefinition } from "../../../contracts/queue/queue.ts"
import { emitQuietly } from "../../../core/foundation/emit-quietly.ts"
import type { RedisArgument } from "../../kit/engines/redis/client.ts"
import type { RedisCommands, RedisScript } from "../../kit/engines/redis/commands.ts"
import type { RedisConnection } from "../../kit/engines/redis/connection.ts"
import type { Keys } from "./keys.ts"
import type { ParsedOptions } from "./options.ts"

/** What all parts of an instance share: its connection, names, clock and events. */
export interface Store {
  /** The instance's name among the services. */
  readonly name: string
  readonly options: ParsedOptions
  readonly connection: RedisConnection
  readonly redis: RedisCommands
  readonly keys: Keys
  readonly clock: Clock
  readonly events: EventEmitter
  readonly logger: Logger
  readonly random: () => number
  readonly nextId: () => string
  readonly definitions: ReadonlyMap<string, QueueDefinition>
  readonly counts: Counts
}

/** What an instance has done. */
export interface Counts {
  published: number
  started: number
  completed: number
  failed: number
  dead: number
  discarded: number
}

export function noCounts(): Counts {
  return { published: 0, started: 0, completed: 0, failed: 0, dead: 0, discarded: 0 }
}

/** Runs a script of ours about a queue. Its first argument is the beginning of the queue's keys. */
export function runScript(
  { keys, redis }: Store,
  queue: string,
  script: RedisScript,
  names: readonly string[],
  ...args: RedisArgument[]
): Promise<unknown> {
  return redis.run(script, names, keys.base(queue), ...args)
}

export function announce<Name extends keyof QueueEvents>(store: Store, event: Name, payload: QueueEvents[Name]): void {
  emitQuietly(store.events, event, payload)
}

/** The oldest records that count, as scores. */
export function horizon({ clock, options }: Store): { readonly completed: number; readonly dead: number } {
  const now = clock.now()
  return { completed: now - options.retention.completedMs, dead: now - options.retention.deadMs }
}
