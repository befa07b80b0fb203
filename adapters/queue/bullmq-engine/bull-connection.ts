import { EventEmitter } from "node:events"
import type { RedisArgument } from "../../kit/engines/redis/client.ts"
import { type RedisCommands, type RedisScript, redisScript } from "../../kit/engines/redis/commands.ts"

type Command = (args: readonly unknown[]) => Promise<unknown>

/**
 * The connection of this adapter as BullMQ uses one: it defines its scripts as commands, and calls them. The connection
 * under it waits, reconnects and keeps deadlines, with either client library, so this one is always ready and never
 * fails by an event.
 */
export class BullConnection extends EventEmitter {
  readonly isCluster = false
  readonly options = {}
  readonly #commands: RedisCommands
  status = "ready"

  constructor(commands: RedisCommands) {
    super()
    this.setMaxListeners(0)
    this.#commands = commands
  }

  /** BullMQ finds a command by its name on the connection. */
  defineCommand(name: string, { lua, numberOfKeys }: { lua: string; numberOfKeys: number }): void {
    let script: RedisScript | undefined
    const run: Command = (args) => {
      script ??= redisScript(lua)
      const command: RedisArgument[] = ["EVALSHA", script.sha, String(numberOfKeys)]
      for (const value of args) command.push(asArgument(value))
      return this.#commands.evaluate(script, String(args[0]), command)
    }
    Object.assign(this, { [name]: run })
  }

  async connect(): Promise<void> {}

  disconnect(): void {}

  duplicate(): this {
    return this
  }
}

function asArgument(value: unknown): RedisArgument {
  if (typeof value === "string" || Buffer.isBuffer(value)) return value
  return value === undefined || value === null ? "" : String(value)
}
