import type { ChildProcess } from "node:child_process"
import { ServiceError, type ServiceErrorJson } from "../../contracts/foundation/errors.ts"
import type { ForkedClient } from "../engine/subject.ts"

export interface ForkClientOptions {
  /** The module that makes clients. */
  readonly module: URL
  /** Name of its function that gives a client, or a promise of one. */
  readonly make: string
  /** What the function is called with: data that can be sent to another process. */
  readonly args: readonly unknown[]
}

/** From the parent: which client to make, then calls of its methods. */
export type ForkRequest =
  | { readonly kind: "make"; readonly module: string; readonly make: string; readonly args: readonly unknown[] }
  | { readonly kind: "call"; readonly id: number; readonly method: string; readonly args: readonly unknown[] }

/** From the child: ready, or what came of a call. */
export type ForkReply =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "resolved"; readonly id: number; readonly value: unknown }
  | { readonly kind: "rejected"; readonly id: number; readonly error: ServiceErrorJson }

/**
 * A client in a process of its own, for clauses that kill it. Its methods are called by messages; a method that gives
 * a stream cannot be.
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
    ...(fromSource && { execArgv: ["--import", "tsx", "--conditions=@objectos/source"] }),
  })
  const calls = new Calls(child)
  await calls.make(options)
  const client = new Proxy({} as Client, {
    // A client is no promise, though every other method is there.
    get: (_, method) =>
      typeof method === "string" && method !== "then" && method !== "capabilities"
        ? (...args: unknown[]) => calls.call(method, args)
        : undefined,
  })
  return { client, kill: () => calls.kill() }
}

/** Calls under way in a child process. */
class Calls {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  #latest = 0

  constructor(child: ChildProcess) {
    this.#child = child
    child.on("message", (reply: ForkReply) => this.#settle(reply))
    child.once("exit", () => {
      for (const { reject } of this.#pending.values()) {
        reject(new ServiceError("TIMEOUT", "The process of this client has ended."))
      }
      this.#pending.clear()
    })
  }

  async make({ args, make, module }: ForkClientOptions): Promise<void> {
    const ready = new Promise((resolve, reject) => this.#pending.set(0, { resolve, reject }))
    this.#child.send({ kind: "make", module: module.href, make, args } satisfies ForkRequest)
    await ready
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#latest
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) return reject(new ServiceError("CLOSED", "The process of this client has ended."))
      this.#pending.set(id, { resolve, reject })
      this.#child.send({ kind: "call", id, method, args } satisfies ForkRequest)
    })
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise((resolve) => this.#child.once("exit", resolve))
    this.#child.kill("SIGKILL")
    await ended
  }

  #settle(reply: ForkReply): void {
    const id = "id" in reply ? reply.id : 0
    const call = this.#pending.get(id)
    this.#pending.delete(id)
    if (reply.kind === "rejected") {
      const { code, message, ...options } = reply.error
      call?.reject(new ServiceError(code, message, options))
    } else if (reply.kind === "failed") call?.reject(new Error(reply.message))
    else call?.resolve(reply.kind === "resolved" ? reply.value : undefined)
  }
}
