import type { SpanHandle, SpanOptions, TraceContext } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceTracing } from "../reference/reference-tracing.ts"
import type { HeldSpan } from "../reference/sending.ts"

type Callback<T> = (span: SpanHandle) => T | Promise<T>

/** Keeps the active context in a variable. */
class OneAtATime extends ReferenceTracing {
  #current: TraceContext | undefined
  override activate<T>(context: TraceContext | undefined, fn: () => T): T {
    const before = this.#current
    this.#current = context
    const given = fn()
    if (given instanceof Promise) {
      given.then(
        () => this.#leave(before),
        () => this.#leave(before),
      )
    } else this.#leave(before)
    return given
  }
  #leave(before: TraceContext | undefined): void {
    this.#current = before
  }
  override activeContext(): TraceContext | undefined {
    return this.#current
  }
}

export const activeMutants = mutants({
  "TRACING-ACTIVE-01": {
    "active-until-the-first-await": subclass(
      "Each query of a request begins a trace of its own.",
      class extends ReferenceTracing {
        #current: TraceContext | undefined
        override activate<T>(context: TraceContext | undefined, fn: () => T): T {
          const before = this.#current
          this.#current = context
          try {
            return fn()
          } finally {
            this.#current = before
          }
        }
        override activeContext(): TraceContext | undefined {
          return this.#current
        }
      },
    ),
    "nothing-is-active": seam.runWithin(
      "No span has children.",
      (_, __, fn) => fn(),
      "@opentelemetry/api 1.9.1: without a context manager context.with runs its callback where nothing is active",
    ),
    "callback-runs-twice": seam.runWithin("An order is paid twice.", ({ next }, held, fn) => {
      next(held, fn)
      return next(held, fn)
    }),
    "withSpan-gives-a-copy": subclass(
      "A connection that was opened in withSpan is no connection.",
      class extends ReferenceTracing {
        override async withSpan<T>(name: string, options: SpanOptions, fn: Callback<T>): Promise<T> {
          const given = await super.withSpan(name, options, fn)
          return typeof given === "object" ? structuredClone(given) : given
        }
      },
    ),
    "withSpan-is-not-async": subclass(
      "A callback that is not async gives no promise: .then is not a function.",
      class extends ReferenceTracing {
        override withSpan<T>(name: string, options: SpanOptions, fn: Callback<T>): Promise<T> {
          const held = this.begin(name, options ?? {})
          const given = this.runWithin(held, () => fn(this.handleOf(held)))
          if (given instanceof Promise) return given.finally(() => this.settled(held))
          this.settled(held)
          return given as unknown as Promise<T>
        }
      },
      "@opentelemetry/api 1.9.1: startActiveSpan gives what its callback gives, a promise or not",
    ),
  },
  "TRACING-ACTIVE-02": {
    "ends-when-the-callback-returns": seam.runWithin("A request takes no time at all.", ({ next, self }, held, fn) => {
      const given = next(held, fn)
      self.settled(held)
      return given
    }),
    "never-ends-on-success": subclass(
      "Only what failed is in the traces.",
      class extends ReferenceTracing {
        override async withSpan<T>(name: string, options: SpanOptions, fn: Callback<T>): Promise<T> {
          const held = this.begin(name, options ?? {})
          try {
            return await this.runWithin(held, () => fn(this.handleOf(held)))
          } catch (error) {
            this.failed(held, error)
            this.settled(held)
            throw error
          }
        }
      },
    ),
    "never-ends": seam.settled(
      "No span of withSpan is ever received.",
      () => {},
      "@opentelemetry/api 1.9.1: startActiveSpan leaves the end of the span to its callback",
    ),
    "does-not-end-on-failure": subclass(
      "Failures are not in the traces.",
      class extends ReferenceTracing {
        readonly #failed = new Set<HeldSpan>()
        override failed(held: HeldSpan, error: unknown): void {
          super.failed(held, error)
          this.#failed.add(held)
        }
        override settled(held: HeldSpan): void {
          if (!this.#failed.has(held)) super.settled(held)
        }
      },
      "@opentelemetry/sdk-trace-base 2.12.1: a span whose callback in startActiveSpan throws is never ended",
    ),
    "ends-twice": seam.settled("Each request is counted twice.", ({ next, self }, held) => {
      next(held)
      self.open.add(held)
      self.ended(held)
    }),
  },
  "TRACING-ACTIVE-03": {
    "wraps-the-error": seam.thrown(
      "A handler that looks for a NotFound finds none.",
      (_, error) => new Error("withSpan failed", { cause: error }),
    ),
    "makes-an-error-of-what-is-none": seam.thrown("A router that throws its redirect is not understood.", (_, error) =>
      error instanceof Error ? error : new Error(String(error)),
    ),
    "marks-the-error": seam.failed("A frozen error is replaced by a TypeError.", ({ next }, held, error) => {
      if (typeof error === "object" && error !== null) (error as { traceId?: string }).traceId = held.context.traceId
      next(held, error)
    }),
    "swallows-the-error": subclass(
      "An order that could not be paid is sent.",
      class extends ReferenceTracing {
        override async withSpan<T>(name: string, options: SpanOptions, fn: Callback<T>): Promise<T> {
          return super.withSpan(name, options, fn).catch(() => undefined as T)
        }
      },
    ),
    "throws-at-once": subclass(
      "A caller that catches rejections dies of an exception.",
      class extends ReferenceTracing {
        override withSpan<T>(name: string, options: SpanOptions, fn: Callback<T>): Promise<T> {
          const held = this.begin(name, options ?? {})
          const given = this.runWithin(held, () => fn(this.handleOf(held)))
          return Promise.resolve(given).finally(() => this.settled(held))
        }
      },
    ),
    "undefined-is-no-failure": seam.thrown("Who throws undefined gets another error.", (_, error) =>
      error === undefined ? new Error("rejected without a reason") : error,
    ),
  },
  "TRACING-ACTIVE-04": {
    "records-nothing": seam.failed(
      "A trace of a failure looks like one of a success.",
      () => {},
      "@opentelemetry/api 1.9.1: startActiveSpan records nothing of what its callback throws",
    ),
    "sets-no-status": seam.failed("A search for failures finds none.", ({ self }, held, error) => {
      self.exception(held, error)
    }),
    "records-no-exception": seam.failed("Where it failed is nowhere to be read.", ({ self }, held, error) => {
      self.status(held, "error", self.messageIn(error))
    }),
    "status-without-a-message": seam.failed("A list of failures says nothing but error.", ({ self }, held, error) => {
      self.exception(held, error)
      self.status(held, "error", undefined)
    }),
    "status-says-the-whole-error": seam.failed("Failures are not grouped.", ({ self }, held, error) => {
      self.exception(held, error)
      self.status(held, "error", String(error))
    }),
    "undefined-fails-nothing": seam.failed("A callback that throws undefined looks fine.", ({ next }, held, error) => {
      if (error !== undefined) next(held, error)
    }),
    "success-is-ok": seam.settled("Who set no status is said to have been checked.", ({ next, self }, held) => {
      if (held.status.code === "unset") self.status(held, "ok", undefined)
      next(held)
    }),
  },
  "TRACING-ACTIVE-05": {
    "one-active-span-for-all": subclass("A request gets the queries of another one.", OneAtATime),
    "last-one-started-is-the-parent": subclass(
      "A query stands below the request that came last.",
      class extends ReferenceTracing {
        #last: TraceContext | undefined
        override runWithin<T>(held: HeldSpan, fn: () => T): T {
          if (held.parentSpanId === undefined) this.#last = held.context
          return super.runWithin(held, fn)
        }
        override parentOf(options: SpanOptions): TraceContext | undefined {
          return options.parent === undefined ? this.#last : super.parentOf(options)
        }
      },
    ),
    "spans-of-one-name-are-one": subclass(
      "Two users who ask for the same page at once share a span.",
      class extends ReferenceTracing {
        #open: HeldSpan | undefined
        override begin(name: unknown, options: SpanOptions): HeldSpan {
          if (options.parent !== null) return super.begin(name, options)
          this.#open ??= super.begin(name, options)
          return this.#open
        }
      },
    ),
  },
  "TRACING-ACTIVE-06": {
    "stays-active": subclass(
      "All that comes after a request is part of it.",
      class extends ReferenceTracing {
        override activate<T>(context: TraceContext | undefined, fn: () => T): T {
          this.active.enterWith(context)
          return fn()
        }
      },
    ),
    "active-while-it-is-under-way": subclass(
      "Requests that begin meanwhile are children of the first one.",
      OneAtATime,
    ),
    "leaves-to-nothing": subclass(
      "After an inner span the outer one has no more children.",
      class extends ReferenceTracing {
        override async withSpan<T>(name: string, options: SpanOptions, fn: Callback<T>): Promise<T> {
          return super.withSpan(name, options, async (span) => {
            try {
              return await fn(span)
            } finally {
              this.active.enterWith(undefined)
            }
          })
        }
        override run<T>(context: TraceContext | undefined, fn: () => T): T {
          const given = super.run(context, fn)
          this.active.enterWith(undefined)
          return given
        }
      },
    ),
    "stays-active-where-it-throws": subclass(
      "After a failure all is part of what failed.",
      class extends ReferenceTracing {
        override activate<T>(context: TraceContext | undefined, fn: () => T): T {
          const before = this.active.getStore()
          this.active.enterWith(context)
          const given = fn()
          this.active.enterWith(before)
          return given
        }
      },
    ),
  },
  "TRACING-ACTIVE-09": {
    "startSpan-makes-active": seam.handleOf(
      "All that follows in a request stands below its first query.",
      ({ next, self }, held) => {
        self.active.enterWith(held.context)
        return next(held)
      },
    ),
    "startSpan-makes-active-until-its-end": subclass(
      "Two queries at once stand one below the other.",
      class extends ReferenceTracing {
        readonly #stack: HeldSpan[] = []
        override startSpan(name: string, options?: SpanOptions): SpanHandle {
          const held = this.begin(name, options ?? {})
          this.#stack.push(held)
          return this.handleOf(held)
        }
        override activeContext(): TraceContext | undefined {
          return this.#stack.findLast((held) => this.isRunning(held))?.context ?? super.activeContext()
        }
      },
    ),
    "end-leaves-the-active-span": seam.ended(
      "After its first query a request has no more spans.",
      ({ next, self }, held) => {
        next(held)
        self.active.enterWith(undefined)
      },
    ),
  },
})
