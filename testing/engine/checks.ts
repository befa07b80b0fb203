import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import { deepEqual } from "./deep-equal.ts"
import { type Budgets, timeout } from "./limits.ts"
import { show } from "./show.ts"

/** A check that did not hold; its message is what the report shows. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed"
}

/** Of something that must become true, however late this process wakes. */
const LEAST_PROBES = 10
/** Of something that must not become true. */
const LEAST_PROBES_OF_NEVER = 3

/** The assertions of a clause: each says what it saw and what it wanted. */
export class Checks {
  readonly #budgets: Budgets
  #made = 0
  #pending = 0
  #firstFailure: CheckFailed | undefined
  #ranOut = false
  readonly #warnings: string[] = []

  constructor(budgets: Budgets) {
    this.#budgets = budgets
  }

  /** Assertions made so far. */
  get made(): number {
    return this.#made
  }

  /** Asynchronous assertions not finished yet. */
  get pending(): number {
    return this.#pending
  }

  /** The first assertion that failed, even when the clause swallowed it. */
  get firstFailure(): CheckFailed | undefined {
    return this.#firstFailure
  }

  /** Whether a time budget ran out, which a slow machine may be to blame for. */
  get ranOut(): boolean {
    return this.#ranOut
  }

  /** What was noticed on the side. */
  get warnings(): readonly string[] {
    return this.#warnings
  }

  /** Notes what an implementer should know and what fails nothing. Not an assertion. */
  warn(what: string): void {
    this.#warnings.push(what)
  }

  ok(condition: boolean, what: string): void {
    this.#made++
    if (!condition) this.#fail(what)
  }

  equal(actual: unknown, expected: unknown, what?: string): void {
    this.#made++
    if (!deepEqual(actual, expected)) {
      this.#fail(`${what === undefined ? "" : `${what}: `}got ${show(actual)}, want ${show(expected)}`)
    }
  }

  /** The call returns a promise that rejects with a ServiceError of one of the codes. */
  async rejects(call: () => unknown, codes: ErrorCode | readonly ErrorCode[], what: string): Promise<void> {
    await this.#awaited(async () => {
      const wanted = typeof codes === "string" ? [codes] : codes
      const outcome = await this.outcome(call, what)
      if (outcome.threw) this.#fail(`${what}: threw synchronously, want a rejection with ${wanted.join(" or ")}`)
      if (outcome.error === undefined) {
        this.#fail(`${what}: got ${show(outcome.value)}, want a rejection with ${wanted.join(" or ")}`)
      }
      if (!ServiceError.is(outcome.error)) {
        this.#fail(`${what}: rejected with ${show(outcome.error)}, want a ServiceError ${wanted.join(" or ")}`)
      }
      if (!wanted.includes(outcome.error.code)) {
        this.#fail(`${what}: rejected with ${outcome.error.code}, want ${wanted.join(" or ")}`)
      }
    })
  }

  /** The promise settles, either way, within the op budget. What is no promise has settled. */
  async settles(promise: unknown, what: string): Promise<void> {
    await this.#awaited(() => this.#within(Promise.resolve(promise), what))
  }

  /** `probe` comes to hold within the `eventually` budget. */
  async eventually(probe: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await this.#awaited(async () => {
      const end = performance.now() + this.#budgets.eventually
      for (let probes = 1; !(await probe()); probes++) {
        const over = performance.now() >= end && probes >= LEAST_PROBES
        if (over) this.#ranOutOf(`${what}: not within ${this.#budgets.eventually} ms`)
        await pause()
      }
    })
  }

  /** `probe` does not come to hold during the `never` budget. */
  async never(probe: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await this.#awaited(async () => {
      const limit = timeout(this.#budgets.never)
      try {
        for (let probes = 0, over = false; !over || probes < LEAST_PROBES_OF_NEVER; probes++) {
          // Looked at once more when the time is over.
          over = limit.over
          if (await probe()) this.#fail(`${what}: it happened`)
          await pause()
        }
      } finally {
        limit.cancel()
      }
    })
  }

  /** What came of a call. Not an assertion, except that the call must settle within the op budget. */
  async outcome(call: () => unknown, what: string): Promise<{ value?: unknown; error?: unknown; threw: boolean }> {
    let promise: unknown
    try {
      promise = call()
    } catch (error) {
      return { error, threw: true }
    }
    const settled = Promise.resolve(promise).then(
      (value) => ({ value, threw: false }),
      (error: unknown) => ({ error: error ?? new Error("rejected without a reason"), threw: false }),
    )
    await this.#within(settled, what)
    return settled
  }

  async #awaited(assertion: () => Promise<unknown>): Promise<void> {
    this.#made++
    this.#pending++
    try {
      await assertion()
    } finally {
      this.#pending--
    }
  }

  async #within(promise: Promise<unknown>, what: string): Promise<void> {
    const limit = timeout(this.#budgets.op)
    const late = limit.promise.then(() => "late")
    const first = await Promise.race([promise.then(noop, noop), late])
    limit.cancel()
    if (first === "late") this.#ranOutOf(`${what}: not settled within ${this.#budgets.op} ms`)
  }

  #ranOutOf(message: string): never {
    this.#ranOut = true
    this.#fail(message)
  }

  #fail(message: string): never {
    const failure = new CheckFailed(message)
    this.#firstFailure ??= failure
    throw failure
  }
}

function noop(): void {}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
