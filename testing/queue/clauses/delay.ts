import { clause, Deliveries, lateness, listen, passDue } from "../clause.ts"
import { publishing } from "../probes.ts"

const TEN_YEARS_MS = 10 * 365.25 * 24 * 60 * 60 * 1000
/** Two clocks that count whole milliseconds differ by as much. */
const CLOCKS_MS = 5

/** QUEUE-DELAY: delayed messages. */
export const delayClauses = [
  clause("QUEUE-DELAY-01", {
    why: "What was put off until a time must not be done before it.",
    fix: "Round a delay up, never down, and look at the clock again when a timer ends.",
    waits: true,
    async check(t, queue, world) {
      const startedAt = new Map<unknown, number>()
      const publishedAt = new Map<unknown, number>()
      const delays = [1, 1.05, 1.12].map((part) => Math.round(part * world.step * 1000))
      await listen(t, queue, "mail", ({ data }) => void startedAt.set(data, performance.now()), { concurrency: 10 })
      for (const [method, publish] of publishing(world.capabilities)) {
        for (const delay of delays) {
          const data = `${method} with a delay of ${delay} ms`
          publishedAt.set(data, performance.now())
          await publish(queue, "mail", data, { delay })
        }
      }
      const early = (delay: number) => [...startedAt.keys()].some((data) => String(data).includes(` ${delay} ms`))
      if (!world.manualTime) {
        await world.pass((delays.at(-1) ?? 0) / 1000 + lateness(world))
        for (const [data, at] of startedAt) {
          const delay = delays.find((ms) => String(data).includes(` ${ms} ms`)) ?? 0
          const took = at - (publishedAt.get(data) ?? 0)
          t.ok(took >= delay - CLOCKS_MS, `${data}: delivered after ${took} ms`)
        }
        t.ok(startedAt.size > 0, "no message that is due is delivered")
        return
      }
      let passed = 0
      for (const delay of delays) {
        await world.pass((delay - 1 - passed) / 1000)
        passed = delay - 1
        await t.never(() => early(delay), `a message with a delay of ${delay} ms is delivered after ${passed} ms`)
      }
    },
  }),
  clause("QUEUE-DELAY-02", {
    why: "Reminders that come a minute late are of no use.",
    fix: "Sleep until the next message is due; where a store must be asked, ask it often.",
    waits: true,
    async check(t, queue, world) {
      const lates: number[] = []
      const parts = [1, 1.05, 1.12, 1.31, 1.47]
      const delays = parts.map((part) => Math.round(part * world.step * 1000))
      const dueAt = new Map<unknown, number>()
      const work = ({ data }: { data: unknown }) => void lates.push(performance.now() - (dueAt.get(data) ?? 0))
      const seen = await listen(t, queue, "mail", work, { concurrency: 10 })
      for (const delay of delays) {
        for (const [method, publish] of publishing(world.capabilities)) {
          const data = `${method} with a delay of ${delay} ms`
          await publish(queue, "mail", data, { delay })
          dueAt.set(data, performance.now() + delay)
        }
      }
      const methods = publishing(world.capabilities).length
      if (world.manualTime) {
        for (const [index, delay] of delays.entries()) {
          await passDue(world, (delay - (delays[index - 1] ?? 0)) / 1000)
          await seen.reach(methods * (index + 1), `a message whose delay of ${delay} ms is over`)
        }
        return
      }
      await world.pass((delays.at(-1) ?? 0) / 1000)
      await seen.reach(methods * delays.length, "every message whose delay is over")
      // A busy machine may be late with some.
      const inTime = lates.filter((late) => late <= lateness(world) * 1000)
      const told = lates.map((late) => Math.round(late)).join(", ")
      t.ok(inTime.length * 2 >= lates.length, `messages are delivered late, by ${told} ms`)
    },
  }),
  clause("QUEUE-DELAY-03", {
    why: "What is due in a minute would wait for what is due in an hour.",
    fix: "Set the timer anew when a message is due before all others, also where a worker sleeps in another process.",
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "mail")
      const inTime = world.window(world.step * 6)
      for (const [parts, data] of [
        [20, "longest"],
        [6, "long"],
        [1, "short"],
      ] as const) {
        // The worker sleeps until what it knows of is due.
        if (data === "short") await seen.stay(0, "a long delay is over at once")
        await queue.publish("mail", data, { delay: parts * world.step * 1000 })
      }
      await passDue(world, world.step)
      await seen.reach(1, "the message with the shortest delay, which was published last")
      inTime.close()
      t.equal(seen.data, ["short"], "what is delivered when the shortest delay is over")
      await passDue(world, world.step * 5)
      await seen.reach(2, "the message with the longer delay")
      t.equal(seen.data, ["short", "long"], "what is delivered when the longer delay is over")
    },
  }),
  clause("QUEUE-DELAY-04", {
    why: "A timer of more than 24.8 days ends at once, so a reminder for next year would come now.",
    fix: "Sleep for at most 2,147,483,647 ms, and look again.",
    waits: true,
    async check(t, queue, world) {
      const seen = await listen(t, queue, "mail", undefined, { concurrency: 10 })
      const delays = [2 ** 31, 2 ** 31 + 1000, 2 ** 32, 2 ** 32 + 1, TEN_YEARS_MS]
      for (const delay of delays) {
        for (const [, publish] of publishing(world.capabilities)) await publish(queue, "mail", delay, { delay })
      }
      await seen.stay(0, "a delay of weeks is over at once")
      await world.pass(world.manualTime ? 24 * 24 * 60 * 60 : world.step)
      await seen.stay(0, "a delay of weeks is over early")
    },
  }),
  clause("QUEUE-DELAY-05", {
    why: "One reminder for tomorrow would stop all work until then.",
    fix: "Keep what is delayed apart from what waits, and hold no slot for it.",
    async check(t, queue, world) {
      const seen = new Deliveries(t)
      const delay = world.step * 10 * 1000
      const inTime = world.window(world.step * 10)
      const options = world.capabilities.priorities ? { delay, priority: 0 } : { delay }
      await Promise.all(Array.from({ length: 40 }, () => queue.publish("mail", "delayed", options)))
      await queue.publish("mail", "before")
      await queue.subscribe("mail", seen.handler)
      await seen.reach(1, "a message that waited beside delayed ones")
      await queue.publish("mail", "delayed", options)
      await queue.publish("mail", "after")
      await seen.reach(2, "a message that was published after a delayed one")
      inTime.close()
      t.equal(seen.data, ["before", "after"], "what is delivered while others are delayed")
    },
  }),
]
