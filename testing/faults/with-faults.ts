import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import { intercept } from "../../contracts/foundation/methods.ts"

type Fault =
  | { readonly kind: "fail"; readonly code: ErrorCode; left: number }
  | { readonly kind: "lose-reply"; left: number }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "hang" }

/** What goes wrong, and where. Changed while the service runs. `method` may be `*` for every method but close. */
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
 * implementation or a portable service.
 *
 * @example
 * const plan = new FaultPlan()
 * const cache = withFaults(createMemoryCache(), plan)
 * plan.fail("get", "UNAVAILABLE", 2)
 */
export function withFaults<Service extends object>(service: Service, plan: FaultPlan): Service {
  return intercept(service, ({ method }, proceed) => {
    const fault = plan.next(method)
    switch (fault?.kind) {
      case undefined:
        return proceed()
      case "fail":
        return instead(async () => {
          throw new ServiceError(fault.code, "A fault was injected.", { operation: method })
        })
      case "lose-reply":
        return after(proceed(), async () => {
          throw new ServiceError("TIMEOUT", "The reply was lost: a fault was injected.", { operation: method })
        })
      case "delay":
        return new Promise((resolve) => setTimeout(resolve, fault.ms)).then(() => proceed())
      case "hang":
        return instead(() => new Promise(() => {}))
    }
  })
}

/** What a call gives that is not made, as a promise and as a stream: which of the two is wanted is not known. */
function instead(outcome: () => Promise<never>): Promise<never> & AsyncIterable<never> {
  const promise = outcome()
  // As a stream it is walked, and nobody awaits the promise.
  promise.catch(() => {})
  return Object.assign(promise, {
    // biome-ignore lint/correctness/useYield: it ends before the first
    async *[Symbol.asyncIterator]() {
      await promise
    },
  })
}

/** Makes the call, and then gives another outcome. */
function after(result: unknown, outcome: () => Promise<never>): unknown {
  return result instanceof Promise ? result.then(outcome) : instead(outcome)
}
