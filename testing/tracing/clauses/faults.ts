import type { Checks } from "../../engine/checks.ts"
import { timeout } from "../../engine/limits.ts"
import { clause, receivedOf, type TracingClient, type TracingWorld } from "../clause.ts"
import { REMOTE } from "../contexts.ts"
import { endingOf, quietly } from "../outcomes.ts"

const FAULTS = ["unreachable", "silent"] as const

const FLUSH_MS = 2000
const CLOSE_MS = 5000
/** How much later a promise may come that has a limit. */
const GRACE_MS = 250

/**
 * A call resolves within so many milliseconds and the grace. A time in which this process was held up does not count, so
 * that a busy machine fails nobody.
 */
async function resolvesWithin(t: Checks, world: TracingWorld, ms: number, call: () => Promise<void>, what: string) {
  const promise = call().then(
    () => "resolved",
    () => "rejected",
  )
  if (world.manualTime) {
    await world.pass((ms + GRACE_MS) / 1000)
    await t.settles(promise, what)
    t.equal(await promise, "resolved", what)
    return
  }
  const limit = timeout(ms + GRACE_MS)
  const first = await Promise.race([promise, limit.promise.then(() => "pending")])
  limit.cancel()
  t.equal(first, "resolved", `${what}, after ${ms + GRACE_MS} ms`)
}

function endSome(tracing: TracingClient, some: number, name = "some"): void {
  for (let index = 0; index < some; index++) tracing.startSpan(`${name} ${index}`).end()
}

/** Spans come through again. */
async function heal(t: Checks, tracing: TracingClient, world: TracingWorld): Promise<void> {
  await world.faults.heal()
  let tries = 0
  await t.eventually(async () => {
    tracing.startSpan(`healed ${tries++}`).end()
    await tracing.flush(FLUSH_MS)
    const received = (await world.received(tracing)) as readonly { readonly name: string }[]
    return received.some(({ name }) => name.startsWith("healed"))
  }, "spans are received again")
}

/** TRACING-FAULT: the receiver is away, silent, or loses answers. */
export const faultsClauses = [
  clause("TRACING-FAULT-01", {
    why: "An application must not be down because its traces are.",
    fix: "Send in the background, hold a bounded queue, and let no error of it out.",
    uses: ["faults"],
    async check(t, tracing, world) {
      for (const fault of FAULTS) {
        await world.faults[fault]()
        const requests = async () => {
          for (let index = 0; index < 100; index++) {
            const given = await tracing.withSpan("request", {}, async () => {
              await tracing.withSpan("query", {}, () => tracing.inject({}))
              return index
            })
            t.equal(given, index, `what withSpan gives while ${fault}`)
          }
        }
        const ending = await endingOf(t, requests, `100 requests while ${fault}`)
        t.ok("gave" in ending, `a request fails while ${fault}`)
        quietly(t, () => endSome(tracing, 3000), `3,000 spans while ${fault}`)
        t.equal(
          quietly(t, () => tracing.run(REMOTE, () => 42), `run while ${fault}`),
          42,
          `run while ${fault}`,
        )
        quietly(t, () => tracing.getConfig(), `getConfig while ${fault}`)
        const { dropped, ended, exported, pending, sampledOut } = tracing.stats()
        t.equal(exported + dropped + pending + sampledOut, ended, `what has ended, while ${fault}`)
        await world.faults.heal()
      }
    },
  }),
  clause("TRACING-FAULT-02", {
    why: "A process that ends waits for a flush, and its supervisor kills it when it waits for too long.",
    fix: "Race what is under way with a timer of the timeout, and leave the rest for later.",
    uses: ["faults"],
    async check(t, tracing, world) {
      for (const fault of FAULTS) {
        await world.faults[fault]()
        endSome(tracing, 600)
        for (const ms of [FLUSH_MS, 0]) {
          await resolvesWithin(t, world, ms, () => tracing.flush(ms), `flush(${ms}) while ${fault}`)
        }
        await world.faults.heal()
      }
    },
  }),
  clause("TRACING-FAULT-03", {
    why: "A deployment hangs for as long as the receiver does, and nobody knows how much was lost.",
    fix: "Give the whole of close one limit, and count what was not sent by then as dropped.",
    uses: ["faults"],
    async check(t, first, world) {
      for (const fault of FAULTS) {
        const tracing = fault === "unreachable" ? first : await world.connect()
        const before = tracing.stats()
        await world.faults[fault]()
        endSome(tracing, 20)
        const open = tracing.startSpan("open")
        await resolvesWithin(t, world, CLOSE_MS, () => tracing.close(), `close while ${fault}`)
        const { dropped, ended, exported, pending, started } = tracing.stats()
        const want = { started: before.started + 21, ended: before.ended + 21, pending: 0 }
        t.equal({ started, ended, pending }, want, `the counts after close while ${fault}`)
        t.equal([exported, dropped - before.dropped], [before.exported, 21], `exported and dropped, while ${fault}`)
        open.end()
        await world.faults.heal()
      }
    },
  }),
  clause("TRACING-FAULT-04", {
    why: "A receiver that was restarted gets nothing any more until the application is.",
    fix: "Try again with the next batch, whatever came of the last one.",
    uses: ["faults", "received"],
    async check(t, tracing, world) {
      for (const fault of [...FAULTS, "loseAnswer"] as const) {
        await world.faults[fault]()
        endSome(tracing, 600, `while ${fault}`)
        await tracing.flush(100)
        await world.faults.heal()
        await heal(t, tracing, world)
        endSome(tracing, 1, `after ${fault}`)
        const names = (await receivedOf(tracing, world)).map(({ name }) => name)
        t.ok(names.includes(`after ${fault} 0`), `a span of after ${fault} was not received`)
      }
    },
  }),
  clause("TRACING-FAULT-05", {
    why: "A count of what was sent, not of what arrived, says that all is well when nothing is.",
    fix: "Count as exported once the receiver has answered that it took the batch.",
    uses: ["faults", "received"],
    async check(t, tracing, world) {
      endSome(tracing, 10, "before")
      await tracing.flush(FLUSH_MS)
      t.equal(tracing.stats().exported, 10, "exported, while all is well")
      for (const fault of [...FAULTS, "loseAnswer"] as const) {
        const { exported } = tracing.stats()
        await world.faults[fault]()
        endSome(tracing, 600, fault)
        await tracing.flush(FLUSH_MS)
        const during = tracing.stats()
        if (fault !== "loseAnswer") t.equal(during.exported, exported, `exported, while ${fault}`)
        t.equal(during.exported + during.dropped + during.pending, during.ended, `what has ended, while ${fault}`)
        await heal(t, tracing, world)
        await tracing.flush(FLUSH_MS)
        const spans = await receivedOf(tracing, world)
        const received = new Set(spans.map(({ context }) => context.spanId)).size
        const after = tracing.stats()
        t.ok(
          after.exported <= received,
          `${after.exported} spans are exported and ${received} received, after ${fault}`,
        )
        t.equal(after.exported + after.dropped + after.pending, after.ended, `what has ended, after ${fault}`)
      }
    },
  }),
]
