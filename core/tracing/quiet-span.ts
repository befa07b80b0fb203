import type { GivenAttributes, SpanHandle, TraceContext } from "../../contracts/tracing/tracing.ts"
import { safeContext } from "./safe/context.ts"
import { NOWHERE } from "./unrecorded-span.ts"

/** Runs what may throw; `fallback` gives what there is then. */
export function quietly<T>(run: () => T, fallback: () => T): T {
  try {
    return heard(run())
  } catch {
    return fallback()
  }
}

/** What an implementation gave. Where it is a promise nobody waits for it, and its rejection must not end the process. */
export function heard<T>(given: T): T {
  if (given instanceof Promise) given.catch(() => {})
  return given
}

/** A span of an implementation that may throw. One whose context is malformed stands for no trace. */
export class QuietSpan implements SpanHandle {
  readonly context: TraceContext
  readonly #span: SpanHandle

  constructor(span: SpanHandle) {
    this.context = safeContext(span.context) ?? NOWHERE
    this.#span = span
  }

  setAttribute(key: string, value: unknown): this {
    return this.#try(() => this.#span.setAttribute(key, value))
  }

  setAttributes(attributes: GivenAttributes): this {
    return this.#try(() => this.#span.setAttributes(attributes))
  }

  addEvent(name: string, attributes?: GivenAttributes): this {
    return this.#try(() => this.#span.addEvent(name, attributes))
  }

  recordException(error: unknown): this {
    return this.#try(() => this.#span.recordException(error))
  }

  setStatus(status: "ok" | "error", message?: string): this {
    return this.#try(() => this.#span.setStatus(status, message))
  }

  updateName(name: string): this {
    return this.#try(() => this.#span.updateName(name))
  }

  end(endTime?: number): void {
    this.#try(() => this.#span.end(endTime))
  }

  #try(run: () => unknown): this {
    quietly(run, () => undefined)
    return this
  }
}
