import { describe, expect, it, vi } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import type { QueueHandler, TaskContext } from "../../../contracts/queue/message.ts"
import { type AttemptOutcome, GIVE_UP_MS, Run } from "./run.ts"

const message = { id: "1", queue: "q", data: null, attempts: 1, timestamp: 0 }

/** A run that was started, with all that was told of it. */
function start(handler: QueueHandler<never>, timeoutMs?: number) {
  const clock = createManualClock()
  const settled = vi.fn<(outcome: AttemptOutcome) => void>()
  const ended = vi.fn()
  const extend = vi.fn(async () => {})
  const progress = vi.fn(async () => {})
  const discarded = vi.fn()
  const attempt = { message, maxAttempts: 3, timeoutMs, maxResultBytes: 12, extend, progress, discarded }
  const run = new Run(attempt, clock, { settled, ended })
  run.start(handler)
  return { clock, settled, ended, extend, progress, discarded, run }
}

/** An object that is like a promise, with `then` as it is given. */
// biome-ignore lint/suspicious/noThenProperty: a handler may return such an object.
const thenable = (then: PropertyDescriptor) => Object.defineProperty({}, "then", then)

/** A handler that ends when it is told to. */
function open() {
  let end: (value?: unknown) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  let context: TaskContext | undefined
  const handler: QueueHandler<never> = (_, given) => {
    context = given
    return new Promise((resolve, reject) => {
      end = resolve
      fail = reject
    })
  }
  return {
    handler,
    end: (value?: unknown) => end(value),
    fail: (error: unknown) => fail(error),
    context: () => context,
  }
}

const error = (message: string) => ({ kind: "failed", reason: "error", error: { message } })

describe("what comes of a run", () => {
  it.each<[string, QueueHandler<never>, unknown]>([
    ["nothing returned", () => {}, { kind: "completed", result: undefined }],
    ["a result", () => ({ a: [1] }), { kind: "completed", result: '{"a":[1]}' }],
    ["null", () => null, { kind: "completed", result: "null" }],
    ["the largest result", () => "0123456789", { kind: "completed", result: '"0123456789"' }],
    [
      "a larger one",
      () => "äöüäöü",
      { kind: "completed", result: undefined, refused: "result has 14 bytes, where maxPayloadBytes is 12" },
    ],
    ["no JSON data", () => 1n, { kind: "completed", result: undefined, refused: "result is a bigint" }],
    [
      "an error thrown",
      () => {
        throw new Error("no")
      },
      error("no"),
    ],
    [
      "undefined thrown",
      () => {
        throw undefined
      },
      error("The handler threw undefined."),
    ],
    [
      "then that throws",
      () =>
        thenable({
          get: () => {
            throw new Error("odd")
          },
        }),
      error("odd"),
    ],
  ])("is there when the handler returns: %s", (_, handler, outcome) => {
    const { ended, settled } = start(handler)
    expect(settled.mock.calls).toEqual([[outcome]])
    expect(ended).toHaveBeenCalledOnce()
  })

  it.each<[string, QueueHandler<never>, unknown]>([
    ["a promise", async () => "ok", { kind: "completed", result: '"ok"' }],
    [
      "a rejection",
      async () => {
        throw null
      },
      error("The handler threw null."),
    ],
    [
      "another thenable",
      () => thenable({ value: (resolve: (value: number) => void) => resolve(5) }),
      { kind: "completed", result: "5" },
    ],
  ])("is there when the promise has settled: %s", async (_, handler, outcome) => {
    const { settled } = start(handler)
    expect(settled).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(settled.mock.calls).toEqual([[outcome]]))
  })

  it("is completed where a result cannot be read", () => {
    const { settled } = start(() => ({
      get a() {
        throw new Error("odd")
      },
    }))
    expect(settled.mock.calls[0]?.[0]).toMatchObject({
      kind: "completed",
      result: undefined,
      refused: expect.any(String),
    })
  })

  it.each<[string, (context: TaskContext) => void, unknown]>([
    ["retryLater", (context) => context.retryLater(5), { kind: "later", delayMs: 5 }],
    ["dead", (context) => context.dead("why"), { kind: "dead", error: { message: "why" } }],
    [
      "both",
      (context) => {
        context.dead("why")
        context.retryLater(5)
      },
      { kind: "dead", error: { message: "why" } },
    ],
  ])("is what the handler said, whatever it then does: %s", (_, say, outcome) => {
    const returns = start((_message, context) => say(context))
    const throws = start((_message, context) => {
      say(context)
      throw new Error("no")
    })
    for (const { settled } of [returns, throws]) expect(settled.mock.calls).toEqual([[outcome]])
  })
})

describe("an attempt that takes too long", () => {
  const late = {
    kind: "failed",
    reason: "timeout",
    error: { code: "TIMEOUT", message: "The attempt took longer than 100 ms." },
  }

  it("aborts its signal, and is over when the handler has ended", async () => {
    const { context, end, handler } = open()
    const { clock, discarded, ended, settled } = start(handler, 100)
    const signal = context()?.signal
    await clock.advance(99)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(signal?.reason).toMatchObject({ code: "TIMEOUT" })
    expect(settled).not.toHaveBeenCalled()
    end("late")
    await clock.advance(0)
    expect(settled.mock.calls).toEqual([[late]])
    expect(discarded.mock.calls).toEqual([["timeout"]])
    expect(ended).toHaveBeenCalledOnce()
  })

  it("is given up after a while, and what comes then is discarded", async () => {
    const { fail, handler } = open()
    const { clock, discarded, ended, settled } = start(handler, 100)
    await clock.advance(100 + GIVE_UP_MS - 1)
    expect(settled).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(settled.mock.calls).toEqual([[late]])
    expect(ended).not.toHaveBeenCalled()
    fail(new Error("late"))
    await clock.advance(0)
    expect(settled).toHaveBeenCalledOnce()
    expect(discarded.mock.calls).toEqual([["timeout"]])
    expect(ended).toHaveBeenCalledOnce()
  })

  it("leaves in force what the handler said", async () => {
    const { context, handler } = open()
    const { clock, settled } = start(handler, 100)
    context()?.dead("why")
    await clock.advance(100 + GIVE_UP_MS)
    expect(settled.mock.calls).toEqual([[{ kind: "dead", error: { message: "why" } }]])
  })

  it("has no limit without timeoutMs, and none once it is over", async () => {
    const { context, end, handler } = open()
    const endless = start(handler)
    await endless.clock.advance(1e9)
    expect(context()?.signal.aborted).toBe(false)
    end()
    const quick = start(() => {}, 100)
    await quick.clock.advance(1e9)
    expect(quick.settled).toHaveBeenCalledOnce()
  })
})

describe("a run that is aborted", () => {
  it("is over when its handler has ended, with what it gave discarded", async () => {
    const { context, end, handler } = open()
    const { clock, discarded, run, settled } = start(handler, 100)
    run.abort("lost")
    run.abort("closed")
    expect(context()?.signal.reason).toMatchObject({ code: "ABORTED" })
    await clock.advance(200)
    end()
    await clock.advance(0)
    expect(settled.mock.calls).toEqual([[{ kind: "aborted", reason: "lost" }]])
    expect(discarded.mock.calls).toEqual([["lost"]])
  })

  it("is over at once where nobody waits", () => {
    const { run, settled } = start(open().handler)
    run.abort("closed", 0)
    expect(settled.mock.calls).toEqual([[{ kind: "aborted", reason: "closed" }]])
  })

  it("is not, once it is over", () => {
    const { run, settled } = start(() => {})
    run.abort("closed")
    expect(run.signal.aborted).toBe(false)
    expect(settled).toHaveBeenCalledOnce()
  })

  it("no longer passes on what the handler wishes", async () => {
    const { context, handler } = open()
    const { extend, progress, run } = start(handler)
    await context()?.extend(5)
    await context()?.progress(50)
    run.abort("lost")
    await context()?.extend(6)
    await context()?.progress(60)
    expect([extend.mock.calls, progress.mock.calls]).toEqual([[[5]], [[50]]])
  })
})

it("gives a context whose functions can be taken out of it", () => {
  const later = start((_, { retryLater }) => retryLater(5))
  expect(later.settled).toHaveBeenCalledWith({ kind: "later", delayMs: 5 })
  const dead = start((_, { dead: die }) => die("so"))
  expect(dead.settled).toHaveBeenCalledWith({ kind: "dead", error: { message: "so" } })
  const { extend } = start((_, { extend: keep }) => keep(5))
  expect(extend).toHaveBeenCalledWith(5)
})

it("hears nothing of a handler whose attempt is over", async () => {
  const { context, handler } = open()
  const { clock, progress, settled } = start(handler, 50)
  await clock.advance(50)
  context()?.retryLater(1)
  context()?.dead("late")
  await context()?.progress(50)
  await clock.advance(GIVE_UP_MS)
  expect(progress).not.toHaveBeenCalled()
  expect(settled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: "failed", reason: "timeout" }))
})

it("keeps what the handler said also where the queue waits no longer", () => {
  const { run, settled } = start((_, { dead, signal }) => {
    dead("so")
    return new Promise((resolve) => signal.addEventListener("abort", resolve))
  })
  run.abort("closed", 0)
  expect(settled).toHaveBeenCalledExactlyOnceWith({ kind: "dead", error: { message: "so" } })
})

it("refuses numbers out of range", async () => {
  const { context, handler } = open()
  start(handler)
  const invalid = { code: "INVALID_ARGUMENT" }
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, "5"] as number[]) {
    await expect(context()?.extend(ms)).rejects.toMatchObject(invalid)
    expect(() => context()?.retryLater(ms)).toThrow(expect.objectContaining(invalid))
  }
  for (const value of [-1, 101, Number.NaN]) await expect(context()?.progress(value)).rejects.toMatchObject(invalid)
})
