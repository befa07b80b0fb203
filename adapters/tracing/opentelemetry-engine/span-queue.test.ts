import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { SpanCounts } from "../../../core/tracing/span-counts.ts"
import type { Sending, SpanSender } from "./sender.ts"
import { type QueueOptions, SpanQueue } from "./span-queue.ts"

/** A queue of texts before a sender whose batches the test answers. */
function open(options: Partial<QueueOptions<string>> = {}) {
  const clock = createManualClock()
  const counts = new SpanCounts()
  const log: string[] = []
  const logger = {
    info: (message: string) => void log.push(message),
    warn: (message: string) => void log.push(message),
  }
  const batches: { spans: readonly string[]; sending: Sending; take(count: number): void; refuse(): void }[] = []
  let failure: ServiceError | undefined
  const sender: SpanSender<string> = {
    get failure() {
      return failure
    },
    async check() {},
    close() {},
    send: (spans, sending) =>
      new Promise((resolve, reject) => {
        const take = (count: number) => {
          failure = undefined
          resolve(count)
        }
        const refuse = () => {
          failure = new ServiceError("UNAVAILABLE", "The receiver refuses.")
          reject(failure)
        }
        batches.push({ spans, sending, take, refuse })
      }),
  }
  const limits = { maxQueueSize: 8, maxBatchSize: 4, delayMs: 5000, exportTimeoutMs: 30_000 }
  const queue = new SpanQueue<string>({ ...limits, clock, logger, counts, sender, sizeOf: () => 1, ...options })
  const end = (...spans: string[]) => {
    for (const span of spans) {
      counts.start()
      counts.end(true)
      queue.add(span)
    }
  }
  return { queue, clock, counts, batches, log, end, sent: () => batches.map(({ spans }) => spans.join("")) }
}

describe("a span", () => {
  it("waits for its delay", async () => {
    const { clock, end, sent } = open()
    end("a")
    await clock.advance(4999)
    expect(sent()).toEqual([])
    await clock.advance(1)
    expect(sent()).toEqual(["a"])
  })

  it("leaves with the others once a batch is full", async () => {
    const { clock, end, sent } = open()
    end("a", "b", "c", "d", "e")
    await clock.advance(0)
    expect(sent()).toEqual(["abcd"])
  })

  it("leaves when it ends where there is no delay", async () => {
    const { clock, end, sent } = open({ delayMs: 0 })
    end("a")
    await clock.advance(0)
    expect(sent()).toEqual(["a"])
  })

  it("is dropped where the queue is full, beside the batch that leaves", async () => {
    const { counts, end } = open()
    end(..."abcdefghijklmnop")
    expect(counts.stats).toMatchObject({ ended: 16, dropped: 4, pending: 12 })
  })

  it("that is too large is dropped, and costs no other", async () => {
    const { clock, counts, end, sent } = open({ sizeOf: (span) => (span === "b" ? 4_000_000 : 1) })
    end("a", "b", "c", "d")
    await clock.advance(5000)
    expect(sent()).toEqual(["acd"])
    expect(counts.stats).toMatchObject({ dropped: 1, pending: 3 })
  })
})

describe("what waits", () => {
  it("has no more bytes than are allowed", async () => {
    const { batches, clock, counts, end } = open({ maxQueueSize: 1000, maxBatchSize: 1000, sizeOf: () => 2_000_000 })
    for (let at = 0; at < 100; at++) end("a")
    expect(counts.stats).toMatchObject({ pending: 25, dropped: 75 })
    await clock.advance(5000)
    batches[0]?.take(1)
    await clock.advance(0)
    end("b", "c")
    // One was taken and one is on its way.
    expect(counts.stats).toMatchObject({ exported: 1, pending: 26, dropped: 75 })
  })

  it("does not have a span whose size cannot be told, which costs no other", async () => {
    const sizeOf = (span: string) => {
      if (span === "b") throw new Error("no size")
      return 1
    }
    const { clock, counts, end, sent } = open({ sizeOf })
    end("a", "b", "c")
    await clock.advance(5000)
    expect(sent()).toEqual(["ac"])
    expect(counts.stats).toMatchObject({ pending: 2, dropped: 1 })
  })
})

describe("a batch", () => {
  it("waits for the one before", async () => {
    const { batches, clock, end, sent } = open()
    end(..."abcdefgh")
    await clock.advance(0)
    expect(sent()).toEqual(["abcd"])
    batches[0]?.take(4)
    await clock.advance(0)
    expect(sent()).toEqual(["abcd", "efgh"])
  })

  it("has no more bytes than a receiver takes", async () => {
    const { clock, end, sent } = open({ sizeOf: () => 900_000 })
    end("a", "b", "c", "d")
    await clock.advance(0)
    expect(sent()).toEqual(["ab"])
  })

  it("counts as exported as far as it was taken", async () => {
    const { batches, clock, counts, end } = open()
    end("a", "b", "c", "d")
    await clock.advance(0)
    batches[0]?.take(3)
    await clock.advance(0)
    expect(counts.stats).toMatchObject({ exported: 3, dropped: 1, pending: 0 })
  })

  it("that was refused is dropped", async () => {
    const { batches, clock, counts, end } = open()
    end("a", "b", "c", "d")
    await clock.advance(0)
    batches[0]?.refuse()
    await clock.advance(0)
    expect(counts.stats).toMatchObject({ exported: 0, dropped: 4, pending: 0 })
  })

  it("that takes too long is dropped once, whatever comes of it", async () => {
    const { batches, clock, counts, end } = open()
    end("a", "b", "c", "d")
    await clock.advance(30_000)
    expect(batches[0]?.sending.signal.aborted).toBe(true)
    expect(counts.stats).toMatchObject({ dropped: 4, pending: 0 })
    batches[0]?.take(4)
    await clock.advance(0)
    expect(counts.stats).toMatchObject({ exported: 0, dropped: 4 })
  })
})

describe("flush", () => {
  it("sends what waits, also behind a batch that is on its way", async () => {
    const { batches, clock, end, queue, sent } = open()
    end("a", "b", "c", "d", "e")
    await clock.advance(0)
    const flushed = queue.flush()
    batches[0]?.take(4)
    await clock.advance(0)
    expect(sent()).toEqual(["abcd", "e"])
    batches[1]?.take(1)
    await flushed
  })

  it("does not wait for what ends later", async () => {
    const { batches, clock, end, queue } = open()
    end("a")
    const flushed = queue.flush()
    await clock.advance(0)
    end("b")
    batches[0]?.take(1)
    await flushed
  })

  it("leaves what ends later to its delay", async () => {
    const { batches, clock, end, queue, sent } = open()
    end("a")
    const flushed = queue.flush()
    await clock.advance(0)
    end("b")
    batches[0]?.take(1)
    await flushed
    await clock.advance(5000)
    expect(sent()).toEqual(["a", "b"])
  })

  it("ends a pause between two tries", async () => {
    const { batches, clock, end, queue } = open()
    end("a", "b", "c", "d")
    await clock.advance(0)
    let isOver = false
    const pause = batches[0]?.sending.pause(5000, false).then(() => {
      isOver = true
    })
    void queue.flush()
    await pause
    expect(isOver).toBe(true)
  })

  it("does not end a pause that the receiver asked for", async () => {
    const { batches, clock, end, queue } = open()
    end("a", "b", "c", "d")
    await clock.advance(0)
    let isOver = false
    void batches[0]?.sending.pause(5000, true).then(() => {
      isOver = true
    })
    void queue.flush()
    await clock.advance(4999)
    expect(isOver).toBe(false)
    await clock.advance(1)
    expect(isOver).toBe(true)
  })
})

describe("stop", () => {
  it("drops what waits and what is on its way", async () => {
    const { clock, counts, end, queue } = open()
    end("a", "b", "c", "d", "e")
    await clock.advance(0)
    await queue.stop()
    expect(counts.stats).toMatchObject({ dropped: 5, pending: 0 })
  })

  it("drops what comes later, and starts no timer", async () => {
    const { clock, counts, end, queue, sent } = open()
    end("a")
    await queue.stop()
    end("b")
    await clock.advance(60_000)
    expect(sent()).toEqual([])
    expect(counts.stats).toMatchObject({ dropped: 2, pending: 0 })
  })
})

describe("the log", () => {
  it("says once that spans are lost, and once that they are taken again", async () => {
    const { batches, clock, end, log } = open()
    end(..."abcdefgh")
    for (const [at, spans] of ["", "ijkl", "mnop", ""].entries()) {
      await clock.advance(0)
      if (at < 2) batches[at]?.refuse()
      else batches[at]?.take(4)
      await clock.advance(0)
      end(...spans)
    }
    expect(log).toEqual(["Spans are not taken, and are dropped.", "Spans are taken again."])
  })

  it("may throw, and costs no span", async () => {
    const throws = () => {
      throw new Error("no log")
    }
    const { batches, clock, counts, end, queue } = open({ logger: { info: throws, warn: throws } })
    end(..."abcd")
    await clock.advance(0)
    batches[0]?.refuse()
    await queue.flush()
    expect(counts.stats).toMatchObject({ dropped: 4, pending: 0 })
  })
})

describe("each span", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("end" as const), count: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ do: fc.constant("take" as const), count: fc.integer({ min: -1, max: 5 }) }),
    fc.record({ do: fc.constant("advance" as const), count: fc.integer({ min: 0, max: 40_000 }) }),
    fc.record({ do: fc.constantFrom("refuse" as const, "flush" as const, "stop" as const), count: fc.constant(0) }),
  )

  it("is counted once at every moment, and as exported where it was taken, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { batches, clock, counts, end, queue } = open()
        const unanswered = () => batches.filter(({ sending }) => !answered.has(sending) && !sending.signal.aborted)
        const answered = new Set<Sending>()
        const ending: Promise<void>[] = []
        let [ended, taken] = [0, 0]
        const deeds = {
          end(count: number) {
            end(...Array.from({ length: count }, () => "a"))
            ended += count
          },
          take(count: number) {
            const [batch] = unanswered()
            if (batch === undefined) return
            answered.add(batch.sending)
            batch.take(count)
            taken += Math.min(batch.spans.length, Math.max(0, count))
          },
          refuse() {
            const [batch] = unanswered()
            if (batch === undefined) return
            answered.add(batch.sending)
            batch.refuse()
          },
          flush: () => void ending.push(queue.flush()),
          stop: () => void ending.push(queue.stop()),
          advance() {},
        }
        for (const { count, do: deed } of steps) {
          deeds[deed](count)
          await clock.advance(deed === "advance" ? count : 0)
          const { exported, dropped, pending } = counts.stats
          expect(exported + dropped + pending).toBe(ended)
          expect(exported).toBe(taken)
          expect(pending).toBeGreaterThanOrEqual(0)
        }
        ending.push(queue.stop())
        await Promise.all(ending)
        expect(counts.stats).toMatchObject({ ended, exported: taken, dropped: ended - taken, pending: 0 })
      }),
    )
  })
})
