import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { interceptAll } from "../engine/handles.ts"
import { readableOf } from "../engine/readable.ts"

type Fault =
  | { readonly kind: "fail"; readonly code: ErrorCode; left: number }
  | { readonly kind: "lose-reply"; left: number }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "hang" }

/**
 * What goes wrong, and where. Changed while the service runs. `method` may be `*` for every method but close,
 * and `get.bytes` for a method of what `get` gives.
 */
export class FaultPlan {
  readonly #faults = new Map<string, Fault>()

  /** The next calls reject with `code` and are not applied. Default: every call, until `heal`. */
  fail(method: string, code: ErrorCode = "UNAVAILABLE", times: number = Number.POSITIVE_INFINITY): this {
    this.#faults.set(method, { kind: "fail", code, left: times })
    return this
  }

  /** The next calls are applied, and reject TIMEOUT all the same. Default: every call, until `heal`. */
  loseReply(method: string, times: number = Number.POSITIVE_INFINITY): this {
    this.#faults.set(method, { kind: "lose-reply", left: times })
    return this
  }

  /** Calls are applied `ms` milliseconds late. */
  delay(method: string, ms: number): this {
    this.#faults.set(method, { kind: "delay", ms })
    return this
  }

  /** Calls never settle and are not applied. */
  hang(method: string): this {
    this.#faults.set(method, { kind: "hang" })
    return this
  }

  /** Ends the fault of a method, or all of them. */
  heal(method?: string): this {
    if (method === undefined) this.#faults.clear()
    else this.#faults.delete(method)
    return this
  }

  /** The fault that the next call of `method` meets; counts it. */
  next(method: string): Fault | undefined {
    const closes = method === "close" || method === "Symbol.asyncDispose"
    const key = this.#faults.has(method) || closes ? method : "*"
    const fault = this.#faults.get(key)
    if (fault !== undefined && "left" in fault && --fault.left <= 0) this.#faults.delete(key)
    return fault
  }
}

/**
 * A service whose calls meet the faults of a plan. Works on any object with asynchronous methods, an adapter's
 * implementation or a portable service. With the method table of its contract, what a method of kind `handle` gives
 * meets them too: a fault of `get.bytes` acts where what `get` resolved is read. A method of kind `now` answers at once
 * and never fails, so it meets none.
 *
 * @example
 * const plan = new FaultPlan()
 * const storage = withFaults(createMemoryStorage(), plan, storageMethods)
 * plan.fail("put", "UNAVAILABLE", 2)
 * plan.hang("get.bytes")
 */
export function withFaults<Service extends object>(
  service: Service,
  plan: FaultPlan,
  methods: Readonly<Record<string, MethodInfo>> = {},
): Service {
  return interceptAll(service, methods, ({ method }, proceed, info) => {
    if (info?.kind === "now") return proceed()
    const fault = plan.next(method)
    switch (fault?.kind) {
      case undefined:
        return proceed()
      case "fail":
        return later(info, async () => {
          throw new ServiceError(fault.code, "A fault was injected.", { operation: method })
        })
      case "lose-reply": {
        const reply = proceed()
        return later(info, async () => {
          await reply
          throw new ServiceError("TIMEOUT", "The reply was lost: a fault was injected.", { operation: method })
        })
      }
      case "delay":
        return later(info, () => new Promise((resolve) => setTimeout(resolve, fault.ms)).then(() => proceed()))
      case "hang":
        return later(info, () => new Promise(() => {}))
    }
  })
}

/**
 * What a call gives later, as what its caller takes it for: a promise, a stream, or a handle that was expected at once.
 * Without a table it is not known which of promise and stream is wanted, so it is both.
 */
function later(info: MethodInfo | undefined, make: () => Promise<unknown>): unknown {
  // A readable stream is an async iterable as well. It is walked, and nobody awaits a promise.
  if (info?.kind === "stream") return readable(make)
  const outcome = make()
  outcome.catch(() => {})
  if (info === undefined) return Object.assign(outcome, { [Symbol.asyncIterator]: () => walk(outcome) })
  if (info.kind !== "handle") return outcome
  const methods = Object.entries(info.returns).map(([name, each]) => [
    name,
    (...args: unknown[]) => later(each, async () => ((await outcome) as Record<string, Method>)[name]?.(...args)),
  ])
  return Object.assign(outcome, Object.fromEntries(methods))
}

type Method = (...args: unknown[]) => unknown

async function* walk(stream: Promise<unknown>): AsyncGenerator<unknown> {
  yield* (await stream) as AsyncIterable<unknown>
}

function readable(make: () => Promise<unknown>): ReadableStream<unknown> {
  let steps: AsyncGenerator<unknown> | undefined
  const next = () => {
    steps ??= walk(make())
    return steps.next()
  }
  return readableOf(next, () => steps?.return(undefined))
}
