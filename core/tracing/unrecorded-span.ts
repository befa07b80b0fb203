import type { SpanHandle, TraceContext } from "../../contracts/tracing/tracing.ts"

/** Stands for no trace: it is not written to carriers. */
export const NOWHERE: TraceContext = Object.freeze({ traceId: "0".repeat(32), spanId: "0".repeat(16), sampled: false })

/** A span of which nothing is kept. Its context still travels. */
export class UnrecordedSpan implements SpanHandle {
  readonly context: TraceContext
  #onEnd: (() => void) | undefined

  constructor(context: TraceContext, onEnd: () => void) {
    this.context = context
    this.#onEnd = onEnd
  }

  setAttribute(): this {
    return this
  }

  setAttributes(): this {
    return this
  }

  addEvent(): this {
    return this
  }

  recordException(): this {
    return this
  }

  setStatus(): this {
    return this
  }

  updateName(): this {
    return this
  }

  end(): void {
    const onEnd = this.#onEnd
    this.#onEnd = undefined
    onEnd?.()
  }
}
