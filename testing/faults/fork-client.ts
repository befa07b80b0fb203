import type { ChildProcess } from "node:child_process"
import type { ForkedClient } from "../engine/subject.ts"
import { type Message, RpcEndpoint } from "./rpc-endpoint.ts"

export interface ForkClientOptions {
  /** The module that makes clients. */
  readonly module: URL
  /** Name of its function that gives a client, or a promise of one. */
  readonly make: string
  /** What the function is called with: data that can be sent to another process. */
  readonly args: readonly unknown[]
}

/**
 * A client in a process of its own, for clauses that kill it. Its methods are called by messages.
 *
 * Handlers and listeners among the arguments run in this process; an AbortSignal that they get aborts with that of the
 * other process. An object with methods that a call resolves, such as a stored object, calls back into the other
 * process, so that its methods give promises. A method that gives a stream at once may be walked or awaited.
 *
 * @example
 * import { forkClient } from "@objectos/sdk/testing/faults/fork-client"
 * // in the world that open() gives:
 * fork: () => forkClient({ module: new URL("./my-cache.mjs", import.meta.url), make: "createMyCache", args: [{ port }] })
 */
export async function forkClient<Client extends object>(options: ForkClientOptions): Promise<ForkedClient<Client>> {
  const { fork } = await import("node:child_process")
  const { pathToFileURL } = await import("node:url")
  // The CommonJS build has no import.meta.url.
  const here = (import.meta.url as string | undefined) ?? pathToFileURL(__filename).href
  const fromSource = here.endsWith(".ts")
  const file = new URL(`./forked-process.${fromSource ? "ts" : "js"}`, here)
  const child = fork(file, {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    ...(fromSource && { execArgv: ["--import", "tsx"] }),
  })
  // What cannot be sent any more goes nowhere: the end of the process says so.
  const endpoint = new RpcEndpoint({ send: (message) => void child.send(message, () => {}) })
  child.on("message", (message) => endpoint.receive(message as Message))
  child.on("error", () => endpoint.end())
  child.once("exit", () => endpoint.end())
  const kill = () => killed(child)
  const id = (await endpoint.call(0, "make", [options.module.href, options.make, options.args]).catch(async (error) => {
    await kill()
    throw error
  })) as number
  const client = new Proxy({} as Client, {
    // A client is no promise, though every other method is there.
    get: (_, method) =>
      typeof method === "string" && method !== "then" && method !== "capabilities"
        ? (...args: unknown[]) => called(endpoint, id, method, args)
        : undefined,
  })
  return { client, kill }
}

/** A client that is closed calls no handlers any more. */
function called(endpoint: RpcEndpoint, id: number, method: string, args: readonly unknown[]): Promise<unknown> {
  const outcome = endpoint.call(id, method, args)
  return method === "close" ? outcome.then(() => endpoint.release()) : outcome
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGKILL")
  await ended
}
