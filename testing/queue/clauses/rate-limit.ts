import { AT_ONCE, clause, listen, publishNumbers } from "../clause.ts"

/** QUEUE-RATE: so many starts in a window. */
export const rateLimitClauses = [
  clause("QUEUE-RATE-01", {
    why: "The limit is that of somebody else's service, which refuses what comes too fast.",
    fix: "Count starts in the store, and come again when the window is over.",
    needs: ["rateLimit"],
    waits: true,
    async check(t, queue, world) {
      const window = world.step * 2
      const rateLimit = { max: 3, durationMs: window * 1000 }
      const seen = await listen(t, queue, "calls", undefined, { concurrency: 10, rateLimit })
      const first = world.window(window)
      await publishNumbers(queue, "calls", 7)
      await seen.reach(3, "the starts of the first window")
      await seen.stay(3, "a fourth message started in a window of three")
      first.close()
      await world.pass(window)
      await seen.reach(6, "the starts of the second window")
      // Where time is real nobody knows when the second window opened.
      if (world.manualTime) await seen.stay(6, "a seventh message started in the second window")
      await world.pass(window)
      await seen.reach(7, "the start of the third window")
    },
  }),
  clause("QUEUE-RATE-02", {
    why: "A further attempt calls the limited service as the first one did.",
    fix: "Take a place for every start, whatever delivery it is.",
    needs: ["rateLimit"],
    waits: true,
    async check(t, queue, world) {
      const rateLimit = { max: 2, durationMs: world.step * 2000 }
      const failing = await listen(
        t,
        queue,
        "failing",
        () => {
          throw new Error("failed")
        },
        { rateLimit },
      )
      const returned = await listen(t, queue, "returned", (_, context) => context.retryLater(0), { rateLimit })
      const first = world.window(world.step * 2)
      await queue.publish("failing", 1, { maxAttempts: 4, backoff: AT_ONCE })
      await queue.publish("returned", 1)
      await failing.reach(2, "two attempts")
      await returned.reach(2, "two deliveries of a message that is given back")
      await failing.stay(2, "a third attempt started in a window of two")
      await returned.stay(2, "a third delivery started in a window of two")
      first.close()
      await queue.purge?.("returned")
    },
  }),
  clause("QUEUE-RATE-03", {
    why: "Ten processes would call ten times as often as the limit allows.",
    fix: "Keep the window in the store, not in the client.",
    needs: ["rateLimit", "shared"],
    waits: true,
    async check(t, queue, world) {
      const rateLimit = { max: 2, durationMs: world.step * 2000 }
      const other = await world.connect()
      const one = await listen(t, queue, "calls", undefined, { concurrency: 5, rateLimit })
      await other.subscribe("calls", one.handler, { concurrency: 5, rateLimit })
      const first = world.window(world.step * 2)
      await publishNumbers(queue, "calls", 4)
      await one.reach(2, "the starts of the first window")
      await one.stay(2, "a third message started in a window of two, over two clients")
      first.close()
      await world.pass(world.step * 2)
      await one.reach(4, "the starts of the second window")
    },
  }),
  clause("QUEUE-RATE-04", {
    why: "Which of two limits holds would depend on which process came last.",
    fix: "Keep the numbers of the first subscription with the queue, and compare both.",
    needs: ["rateLimit", "shared"],
    async check(t, queue, world) {
      const rateLimit = { max: 100, durationMs: 60_000 }
      const seen = await listen(t, queue, "calls", undefined, { rateLimit })
      const other = await world.connect()
      for (const changed of [{ max: 101 }, { durationMs: 60_001 }]) {
        const given = { ...rateLimit, ...changed }
        const subscribing = () => other.subscribe("calls", seen.handler, { rateLimit: given })
        await t.rejects(subscribing, "PRECONDITION_FAILED", `a limit of ${JSON.stringify(given)}`)
      }
      const { error } = await t.outcome(() => other.subscribe("calls", seen.handler, { rateLimit }), "the same limit")
      t.equal(error, undefined, "the same limit")
      await publishNumbers(queue, "calls", 3)
      await seen.reach(3, "messages of a queue whose other limit was refused")
    },
  }),
  clause("QUEUE-RATE-05", {
    why: "Windows that are cut at whole seconds, or filled drop by drop, allow more than was said, or less.",
    fix: "Open a window when a message starts and none is open.",
    needs: ["rateLimit"],
    waits: true,
    async check(t, queue, world) {
      const window = world.step * 2
      const rateLimit = { max: 3, durationMs: window * 1000 }
      const seen = await listen(t, queue, "calls", undefined, { concurrency: 10, rateLimit })
      await queue.publish("calls", "early")
      await seen.reach(1)
      await world.pass(window * 1.5)
      const second = world.window(window)
      await publishNumbers(queue, "calls", 3)
      await seen.reach(4, "a whole window after a pause")
      await world.pass(window * 0.6)
      await publishNumbers(queue, "calls", 3)
      await seen.stay(4, "a fourth message started in a window of three")
      second.close()
      await world.pass(window * 0.4)
      await seen.reach(7, "a whole window after that one")
    },
  }),
]
