import type { GivenAttributes, SpanHandle, TraceContext } from "../../contracts/tracing/tracing.ts"

/** Runs what may throw; `fallback` gives what there is then. */
export function quietly<T>(run: () => T, fallback: () => T): T {
  try {
    return run()
  } catch {
    return fallback()
  }
}

/** A span of an implementation that may throw. */
export class QuietSpan implements SpanHandle {
  readonly context: TraceContext
  readonly #span: SpanHandle

  constructor(span: SpanHandle) {
    this.context = span.context
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
