import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { CheckFailed } from "./checks.ts"
import { interceptAll, isThenable } from "./handles.ts"
import { WorldFailed } from "./outcome.ts"
import { readableOf } from "./readable.ts"
import { show } from "./show.ts"

/** A client's call that is under way. */
export interface PendingCall {
  readonly method: string
}

/** Watches what clauses call and what comes of it. */
export class Recorder<Client> {
  readonly rejections = new Map<unknown, string>()
  touched = false
  /** Whether a call was rejected for want of time, or health was, which a slow machine may be to blame for. */
  ranOut = false
  #over = false
  /** Answers of clients, steps of their streams included, and how long they took together. */
  readonly answers = { count: 0, tookMs: 0 }
  readonly #pending = new Set<PendingCall>()
  readonly #methods: Readonly<Record<string, MethodInfo>>
  readonly #declared: unknown

  constructor(methods: Readonly<Record<string, MethodInfo>>, declared: unknown) {
    this.#methods = methods
    this.#declared = declared
  }

  get oldestCall(): PendingCall | undefined {
    const [oldest] = this.#pending
    return oldest
  }

  /** A client as every other: its capabilities are those of the first. */
  record(method: string, implementation: unknown): Client {
    const client = this.watch(method, implementation)
    this.#checkCapabilities(implementation as object)
    return client
  }

  /** A client whose calls are recorded, and those of the handles that it gives. */
  watch(method: string, implementation: unknown): Client {
    if (typeof implementation !== "object" || implementation === null) {
      throw new WorldFailed(method, `gave ${show(implementation)} for a client`)
    }
    const recorded = interceptAll(implementation, this.#methods, ({ method }, proceed, info) => {
      this.touched = true
      const failed = (error: unknown) => {
        this.rejections.set(error, method)
        if (isRetryable(error)) this.ranOut = true
      }
      const settled = this.#await(method)
      try {
        const result = proceed()
        if (isThenable(result)) {
          result.then(
            (answer) => {
              settled()
              if (method === "healthCheck" && isUnhealthy(answer)) this.ranOut = true
            },
            (error: unknown) => {
              settled()
              failed(error)
            },
          )
        } else settled()
        return isWalked(result, info)
          ? watched(
              result,
              stepper(() => this.#await(method), failed),
            )
          : result
      } catch (error) {
        settled()
        failed(error)
        throw error
      }
    })
    return recorded as Client
  }

  /** From now on every call throws: nobody waits for the clause any more. */
  end(): void {
    this.#over = true
  }

  /** @returns What to call when the answer is there. */
  #await(method: string): () => void {
    if (this.#over) throw new Error("the clause is over")
    const call = { method }
    const start = performance.now()
    this.#pending.add(call)
    return () => {
      if (!this.#pending.delete(call)) return
      this.answers.count++
      this.answers.tookMs += performance.now() - start
    }
  }

  #checkCapabilities({ capabilities }: { capabilities?: unknown }): void {
    if (this.#declared === undefined || capabilities === undefined) return
    for (const [name, value] of Object.entries(this.#declared as object)) {
      const now = (capabilities as Record<string, unknown>)[name]
      if (!Object.is(now, value) && JSON.stringify(now) !== JSON.stringify(value)) {
        throw new CheckFailed(`capabilities differ between instances: ${name} was ${show(value)}, now ${show(now)}`)
      }
    }
  }
}

/** True for TIMEOUT and its like; false for what cannot be looked at. */
export function isRetryable(error: unknown): boolean {
  try {
    return ServiceError.is(error) && error.retryable
  } catch {
    return false
  }
}

function isUnhealthy(answer: unknown): boolean {
  try {
    return (answer as { status?: unknown } | undefined)?.status === "unhealthy"
  } catch {
    return false
  }
}

/** A client in another process gives a promise of its streams, which can be walked as well. */
function isWalked(result: unknown, info: MethodInfo | undefined): result is AsyncIterable<unknown> {
  if (typeof result !== "object" || result === null || info?.kind === "handle") return false
  return Symbol.asyncIterator in result && (info?.kind === "stream" || !isThenable(result))
}

/** Takes a step of a stream, and tells of it. */
type Step = <T>(make: () => Promise<T> | undefined) => Promise<T | undefined>

function stepper(begin: () => () => void, failed: (error: unknown) => void): Step {
  return async (make) => {
    const settled = begin()
    try {
      return await make()
    } catch (error) {
      failed(error)
      throw error
    } finally {
      settled()
    }
  }
}

/** The same stream, whose steps are told of. A promise of one is taken for whichever kind is wanted. */
function watched(stream: AsyncIterable<unknown>, step: Step): AsyncIterable<unknown> {
  return stream instanceof ReadableStream || isThenable(stream)
    ? watchedReadable(stream, step)
    : watchedStream(stream, step)
}

/** Its return is a step too, unless it has ended. */
async function* watchedStream(stream: AsyncIterable<unknown>, step: Step) {
  const iterator = stream[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      ended = true
      const next = await step(() => iterator.next())
      if (next?.done !== false) return
      ended = false
      yield next.value
    }
  } finally {
    if (!ended) await step(() => iterator.return?.())
  }
}

function watchedReadable(stream: AsyncIterable<unknown>, step: Step): ReadableStream<unknown> {
  const iterator = stream[Symbol.asyncIterator]()
  return readableOf(
    () => step(() => iterator.next()),
    () => step(() => iterator.return?.()),
  )
}
