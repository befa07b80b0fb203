import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import type { Checks } from "../../engine/checks.ts"
import { AGAIN, AT_ONCE, clause, Deliveries, listen, type QueueClient, type QueueWorld } from "../clause.ts"

/** Two clocks that count whole milliseconds differ by as much. */
const CLOCKS_MS = 5

/** How long before its time a message is looked for. */
const EARLY_MS = 10

/** The unit of waits that are measured, in milliseconds. */
function unitOf({ manualTime, step }: QueueWorld): number {
  return manualTime ? 3000 : Math.round((step * 1000) / 3)
}

/** Further deliveries of a message that always fails come after these waits: never earlier, and not much later. */
async function comesAfter(
  t: Checks,
  queue: QueueClient,
  world: QueueWorld,
  waits: readonly number[],
  backoff: PublishOptions["backoff"],
): Promise<void> {
  const { delayResolutionMs } = world.capabilities
  const startedAt: number[] = []
  const name = `waits of ${waits.join(", ")} ms`
  const seen = await listen(t, queue, name, () => {
    startedAt.push(performance.now())
    throw new Error("each attempt fails")
  })
  await queue.publish(name, 1, { maxAttempts: waits.length + 1, backoff })
  await seen.end(1)
  for (const [index, wait] of waits.entries()) {
    const what = `attempt ${index + 2}, after ${wait} ms`
    if (world.manualTime) {
      // Each attempt before this one may have come as soon as it was due, within a step of delays.
      const early = EARLY_MS + index * delayResolutionMs
      await world.pass((wait - early) / 1000)
      await seen.stay(index + 1, `${what}, comes early`)
      await world.pass((early + delayResolutionMs) / 1000)
    }
    await seen.end(index + 2, what)
    if (world.manualTime) continue
    const took = Math.round((startedAt[index + 1] ?? 0) - (startedAt[index] ?? 0))
    const most = wait + world.step * 2000
    t.ok(took >= wait - CLOCKS_MS && took <= most, `${what}: it came after ${took} ms`)
  }
}

/** Each part of a unit as a wait. */
const waitsOf = (unit: number, parts: readonly number[]) => parts.map((part) => part * unit)

/** An error of a library, told from others by its name. */
class OddlyNamed extends Error {
  constructor(name: string) {
    super(`an error called ${name}`)
    this.name = name
  }
}

/** QUEUE-RETRY: attempts and the time between them. */
export const retryClauses = [
  clause("QUEUE-RETRY-01", {
    why: "Mail servers and databases are away for a moment, and the work must not be lost for it.",
    fix: "Put a message back when its handler throws, or what it returns rejects, and count its deliveries.",
    async check(t, queue) {
      const fail = {
        throws: () => {
          throw new Error("thrown")
        },
        rejects: () => Promise.reject(new Error("rejected")),
        "rejects later": async () => {
          await new Promise((resolve) => setTimeout(resolve, 1))
          throw new Error("rejected later")
        },
      }
      for (const [name, failing] of Object.entries(fail)) {
        const seen = await listen(t, queue, name, ({ attempts }) => (attempts < 4 ? failing() : undefined))
        await queue.publish(name, name, { backoff: AT_ONCE, maxAttempts: 5 })
        await seen.reach(4, `three more deliveries of a message whose handler ${name}`)
        const told = seen.messages.map(({ attempts, data }) => [attempts, data])
        t.equal(
          told,
          [1, 2, 3, 4].map((attempts) => [attempts, name]),
          "attempts and data of each delivery",
        )
      }
    },
  }),
  clause("QUEUE-RETRY-02", {
    why: "A message that can never be handled would be tried for ever.",
    fix: "Compare the number of deliveries with maxAttempts when one has failed.",
    async check(t, queue) {
      for (const maxAttempts of [1, 2, 5]) {
        const name = `${maxAttempts} attempts`
        const seen = await listen(t, queue, name, () => Promise.reject(new Error("each attempt fails")))
        await queue.publish(name, 1, { backoff: AT_ONCE, maxAttempts })
        await seen.reach(maxAttempts, name)
        await seen.stay(maxAttempts, `more than ${name}`)
      }
    },
  }),
  clause("QUEUE-RETRY-03", {
    why: "Callers who say nothing count on a retry, and on its end.",
    fix: "Let maxAttempts be 3 by default.",
    async check(t, queue) {
      const seen = await listen(t, queue, "work", () => Promise.reject(new Error("each attempt fails")))
      await queue.publish("work", 1, { backoff: AT_ONCE })
      await seen.reach(3, "three attempts")
      await seen.stay(3, "a fourth attempt")
    },
  }),
  clause("QUEUE-RETRY-04", {
    why: "Whoever polls a service that is not ready wants to do so at one pace.",
    fix: "Wait delayMs before each delivery.",
    waits: true,
    async check(t, queue, world) {
      const unit = unitOf(world)
      // In real time, so many that waits which grow are told from those that are late.
      await comesAfter(t, queue, world, Array(world.manualTime ? 3 : 8).fill(unit), { type: "fixed", delayMs: unit })
    },
  }),
  clause("QUEUE-RETRY-05", {
    why: "A linear backoff that grows in another way presses a service that is down, or keeps work too long.",
    fix: "Wait delayMs times the number of deliveries so far.",
    waits: true,
    async check(t, queue, world) {
      const unit = unitOf(world)
      const waits = waitsOf(unit, world.manualTime ? [1, 2, 3] : [1, 2, 3, 4, 5])
      await comesAfter(t, queue, world, waits, { type: "linear", delayMs: unit })
    },
  }),
  clause("QUEUE-RETRY-06", {
    why: "A service that is down for long is pressed less and less.",
    fix: "Wait delayMs times multiplier to the power of the number of deliveries so far, less one.",
    waits: true,
    async check(t, queue, world) {
      const unit = unitOf(world)
      const exponential = { type: "exponential", delayMs: unit } as const
      const twice = () => comesAfter(t, queue, world, waitsOf(unit, [1, 2, 4, 8]), exponential)
      const thrice = () => comesAfter(t, queue, world, waitsOf(unit, [1, 3, 9]), { ...exponential, multiplier: 3 })
      if (!world.manualTime) return void (await Promise.all([twice(), thrice()]))
      await twice()
      await thrice()
    },
  }),
  clause("QUEUE-RETRY-07", {
    why: "After ten failures an exponential backoff waits for hours.",
    fix: "Take the smaller of the computed wait and maxDelayMs.",
    waits: true,
    async check(t, queue, world) {
      const unit = unitOf(world)
      const maxDelayMs = unit * 1.5
      const waits = waitsOf(unit, world.manualTime ? [1, 1.5, 1.5] : [1, 1.5, 1.5, 1.5, 1.5])
      await comesAfter(t, queue, world, waits, { type: "exponential", delayMs: unit, maxDelayMs })
      await comesAfter(t, queue, world, [unit], { type: "fixed", delayMs: unit * 100, maxDelayMs: unit })
      if (!world.manualTime) return
      await comesAfter(t, queue, world, [60_000, 60_000], { type: "linear", delayMs: 100_000 })
      await comesAfter(t, queue, world, [90_000], { type: "fixed", delayMs: 90_000, maxDelayMs: 100_000 })
    },
  }),
  clause("QUEUE-RETRY-08", {
    why: "Three attempts within a millisecond all meet the same failure.",
    fix: "Where no backoff is given, take an exponential one from 1,000 ms.",
    waits: true,
    async check(t, queue, world) {
      await comesAfter(t, queue, world, world.manualTime ? [1000, 2000, 4000] : [1000, 2000], undefined)
    },
  }),
  clause("QUEUE-RETRY-09", {
    why: "A hundred messages that failed at once would all come back at once; and none may come back later than was said.",
    fix: "Take off a random part of the wait, of at most its jitter.",
    waits: true,
    async check(t, queue, world) {
      const wait = world.manualTime ? 9000 : Math.round(world.step * 2000)
      const count = 20
      const startedAt: number[][] = Array.from({ length: count }, () => [])
      const work = ({ attempts, data }: { attempts: number; data: number }) => {
        startedAt[data]?.push(performance.now())
        if (attempts === 1) throw new Error("the first attempt")
      }
      const seen = await listen(t, queue, "work", work, { concurrency: count })
      const backoff = { type: "fixed", delayMs: wait, jitter: 0.5 } as const
      await Promise.all(
        Array.from({ length: count }, (_, number) => queue.publish("work", number, { backoff, maxAttempts: 5 })),
      )
      await seen.end(count, "the first attempts")
      if (world.manualTime) {
        await world.pass((wait / 2 - 1) / 1000)
        await seen.stay(count, "a jitter of a half takes more than a half off a wait")
        await world.pass((wait / 2 - 1) / 1000)
        await seen.reach(count + 1, "no wait is shortened by jitter")
        await world.pass((2 + world.capabilities.delayResolutionMs) / 1000)
        await seen.reach(count * 2, "the second attempt of each message when the whole wait is over")
        return
      }
      await seen.reach(count * 2, "the second attempts")
      const waits = startedAt.map(([first = 0, second = 0]) => Math.round(second - first))
      t.ok(Math.min(...waits) >= wait / 2 - CLOCKS_MS, `a wait is shorter than half of ${wait} ms: ${waits.join(", ")}`)
      t.ok(Math.min(...waits) < wait - CLOCKS_MS, `no wait is shorter than ${wait} ms: ${waits.join(", ")}`)
      t.ok(
        Math.min(...waits) < wait * 0.95 && waits.every((took) => took <= wait * 2),
        `waits are too long: ${waits.join(", ")}`,
      )
    },
  }),
  clause("QUEUE-RETRY-10", {
    why: "Libraries throw what they like, and a message must not hang or count as handled for it.",
    fix: "Catch whatever is thrown in the adapter's own code, and let no name or value of it mean anything.",
    async check(t, queue) {
      const hostile = {
        get message(): string {
          throw new Error("not even its message can be read")
        },
      }
      const thrown = [
        null,
        undefined,
        "text",
        "",
        0,
        1,
        Number.NaN,
        false,
        true,
        1n,
        Symbol("text"),
        {},
        [],
        () => 1,
        Object.create(null),
        Object.freeze(new Error("frozen")),
        hostile,
        new Error(),
        new AggregateError([new Error("one")]),
        ...[
          "AbortError",
          "DelayedError",
          "RateLimitError",
          "RetryLater",
          "TimeoutError",
          "UnrecoverableError",
          "WaitingChildrenError",
          "WaitingError",
          "__proto__",
        ].map((name) => new OddlyNamed(name)),
      ]
      const work = ({ attempts, data }: { attempts: number; data: number }) => {
        // Numbers from 100 reject.
        if (attempts === 1 && data >= 100) return Promise.reject(thrown[data - 100])
        if (attempts === 1) throw thrown[data]
        return undefined
      }
      const seen = await listen(t, queue, "work", work, { concurrency: 5 })
      const numbers = thrown.flatMap((_, index) => [index, index + 100])
      for (const number of numbers) await queue.publish("work", number, AGAIN)
      const comesAgain = (number: number) =>
        seen.messages.some(({ attempts, data }) => attempts === 2 && data === number)
      const all = () => numbers.every(comesAgain)
      await t.eventually(all, "each message is delivered again, whatever its handler threw").catch((error: unknown) => {
        const lost = numbers.filter((number) => !comesAgain(number))
        t.equal(
          lost.map((number) => told(thrown[number % 100])),
          [],
          "thrown by handlers whose messages did not come again",
        )
        throw error
      })
      await seen.stay(numbers.length * 2, "a message is delivered again after an attempt that did not fail")
    },
  }),
  clause("QUEUE-RETRY-11", {
    why: "One message that fails would stop all others until its attempts are used up.",
    fix: "Put a message that waits among the delayed ones, and give its slot to the next.",
    async check(t, queue, world) {
      const delayMs = world.step * 10 * 1000
      const seen = await listen(t, queue, "work", ({ data }) => {
        if (data === "fails") throw new Error("each attempt fails")
      })
      const inTime = world.window(world.step * 10)
      await queue.publish("work", "fails", { backoff: { type: "fixed", delayMs } })
      await seen.end(1)
      for (let number = 2; number <= 4; number++) {
        await queue.publish("work", number)
        await seen.reach(number, "a message beside one that waits for its next attempt")
      }
      inTime.close()
      t.equal(seen.data, ["fails", 2, 3, 4], "what is delivered before the next attempt")
    },
  }),
  clause("QUEUE-RETRY-12", {
    why: "Handlers that must not do a thing twice know it by the id of its message.",
    fix: "Put the same message back, instead of publishing a copy.",
    waits: true,
    async check(t, queue, world) {
      const again = { maxAttempts: 5, backoff: { type: "fixed", delayMs: 20 } } as const
      const data = { list: [1, { two: 2 }], text: "é" }
      const seen = await listen(t, queue, "work", ({ attempts }) => {
        if (attempts < 3) throw new Error("not yet")
      })
      await queue.publish("work", data, { type: "job", ...again })
      for (let count = 1; count <= 3; count++) {
        await seen.end(count)
        if (world.manualTime) await world.pass(world.step)
      }
      const [first, ...others] = seen.messages.map(({ attempts: _, ...message }) => message)
      for (const other of others) t.equal(other, first, "a later delivery, beside the first")
    },
  }),
  clause("QUEUE-RETRY-13", {
    why: "Work that was done would be done again.",
    fix: "Take a message out of the store when its handler has ended, whatever it returned.",
    waits: true,
    async check(t, queue, world) {
      const returned = [undefined, null, false, 0, "", "text", { ok: false }, Promise.resolve(false), Promise.resolve()]
      const seen = new Deliveries(t, ({ data }) => returned[data])
      const options = { visibilityTimeoutMs: world.step * 1000 }
      await queue.subscribe("work", seen.handler, options)
      for (const number of returned.keys()) await queue.publish("work", number, { backoff: AT_ONCE })
      await seen.end(returned.length)
      await seen.stay(returned.length, "a message that was handled is delivered again")
      await world.pass(world.step * 3)
      await seen.stay(returned.length, "a message that was handled is delivered again after visibilityTimeoutMs")
      await queue.unsubscribe("work")
      await queue.subscribe("work", seen.handler, options)
      await seen.stay(returned.length, "a message that was handled is delivered to a later subscription")
    },
  }),
  clause("QUEUE-RETRY-14", {
    why: "The mail has been sent, although what its handler returned cannot be stored.",
    fix: "Store a result apart from the fact that a message was handled, and only where it is JSON data.",
    async check(t, queue) {
      const circle: { self?: unknown } = {}
      circle.self = circle
      const returned = [
        () => 1,
        Symbol("text"),
        1n,
        { big: 1n },
        circle,
        Number.NaN,
        new Map([["a", 1]]),
        new (class Session {})(),
        {
          toJSON() {
            throw new Error("not even its JSON can be made")
          },
        },
        new Proxy(
          {},
          {
            ownKeys() {
              throw new Error("not even its members can be listed")
            },
          },
        ),
      ]
      const seen = await listen(t, queue, "work", ({ data }) => returned[data])
      for (const number of returned.keys()) await queue.publish("work", number, { backoff: AT_ONCE })
      await seen.reach(returned.length, "each message once")
      await seen.stay(returned.length, "a message is delivered again whose handler returned what is not JSON data")
      const once = [...returned.keys()]
      t.equal(
        (seen.data as number[]).toSorted((one, other) => one - other),
        once,
        "what is delivered",
      )
    },
  }),
]

function told(thrown: unknown): string {
  return thrown instanceof OddlyNamed ? thrown.name : typeof thrown === "object" ? "an object, or null" : String(thrown)
}
