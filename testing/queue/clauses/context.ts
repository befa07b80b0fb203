import type { TaskContext } from "../../../contracts/queue/message.ts"
import { AT_ONCE, clause, gate, listen } from "../clause.ts"
import { HOUR_MS, reachStatus, untilDone } from "../states.ts"

/** QUEUE-CTX: what a handler can say. */
export const contextClauses = [
  clause("QUEUE-CTX-01", {
    why: "A handler that knows its last attempt can clean up, or tell somebody.",
    fix: "Hand over the maxAttempts of the message, on every delivery, not how many are left.",
    async check(t, queue) {
      const told: number[] = []
      const seen = await listen(t, queue, "mail", ({ attempts }, { maxAttempts }) => {
        told.push(maxAttempts)
        if (attempts < 2) throw new Error("fails at first")
      })
      await queue.publish("mail", "four", { maxAttempts: 4, backoff: AT_ONCE })
      await seen.reach(2)
      t.equal(told, [4, 4], "maxAttempts of a message of four attempts, on two deliveries")
      await queue.publish("mail", "three", { backoff: AT_ONCE })
      await seen.reach(4)
      t.equal(told.slice(2), [3, 3], "maxAttempts of a message that says nothing")
    },
  }),
  clause("QUEUE-CTX-02", {
    why: "A handler that must wait for somebody else would use up its attempts by asking.",
    fix: "Put the message back with that delay, and take the delivery off its attempts.",
    waits: true,
    async check(t, queue, world) {
      const early = world.window(world.step)
      const seen = await listen(t, queue, "mail", (_, context) => {
        const number = seen.messages.length
        if (number === 1) context.retryLater(world.step * 1000)
        if (number === 2) context.retryLater(0)
        if (number === 3) throw new Error("fails")
      })
      const id = await queue.publish("mail", "twice", { maxAttempts: 2, backoff: AT_ONCE })
      await seen.end(1)
      await seen.stay(1, "a message that was given back came before its time")
      early.close()
      await world.pass(world.step)
      await seen.reach(4, "two deliveries that were given back, and two attempts")
      const told = seen.messages.map((message) => [message.id, message.data, message.attempts])
      t.equal(
        told,
        [1, 1, 1, 2].map((attempts) => [id, "twice", attempts]),
        "id, data and attempts of the deliveries",
      )
    },
  }),
  clause("QUEUE-CTX-03", {
    why: "Handlers leave by throwing, so that what they said before would be lost.",
    fix: "Look at what the context was told before you look at how the handler ended.",
    async check(t, queue) {
      const seen = await listen(t, queue, "mail", async ({ data }, context) => {
        if (seen.data.filter((other) => other === data).length > 1) return
        context.retryLater(0)
        if (data === "later") await Promise.resolve()
        throw new Error("fails")
      })
      for (const data of ["at once", "later"]) await queue.publish("mail", data, { maxAttempts: 1, backoff: AT_ONCE })
      await seen.reach(4, "a second delivery of each message, although its only attempt threw")
    },
  }),
  clause("QUEUE-CTX-04", {
    why: "A message that nothing can mend would be tried for hours.",
    fix: "Look at what the context was told before anything else; dead goes before retryLater.",
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const ways: Record<string, (context: TaskContext) => unknown> = {
        returns: (context) => context.dead("returns"),
        throws: (context) => {
          context.dead("throws")
          throw new Error("another reason")
        },
        "gives back before": (context) => {
          context.retryLater(0)
          context.dead("gives back before")
        },
        "gives back after": (context) => {
          context.dead("gives back after")
          context.retryLater(0)
        },
        "takes too long": (context) => {
          context.dead("takes too long")
          return held.opened
        },
      }
      const names = Object.keys(ways)
      const seen = await listen(t, queue, "mail", ({ data }, context) => ways[data]?.(context), {
        concurrency: names.length,
        timeoutMs: world.step * 1000,
      })
      try {
        const ids: string[] = []
        for (const name of names) ids.push(await queue.publish("mail", name, { maxAttempts: 5, backoff: AT_ONCE }))
        await seen.reach(names.length, "a delivery of each message")
        await world.passTtl(world.step)
        held.open()
        await seen.end(names.length)
        await seen.stay(names.length, "a message that its handler had ended was delivered again")
        t.equal(seen.data.toSorted(), names.toSorted(), "deliveries")
        if (!world.capabilities.management) return
        for (const [index, id] of ids.entries()) {
          await reachStatus(t, queue, "mail", id, "dead", `a message whose handler says dead and ${names[index]}`)
        }
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CTX-05", {
    why: "A call that never answers would hold a worker for ever.",
    fix: "Start a timer of timeoutMs with the handler; abort its signal and fail the attempt.",
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const timeoutMs = world.step * 1000
      const signals: Record<string, AbortSignal> = {}
      const work = async ({ attempts, queue: name }: { attempts: number; queue: string }, context: TaskContext) => {
        if (attempts > 1) return
        signals[name] = context.signal
        await Promise.race([held.opened, abortOf(context.signal)])
        throw new Error("stopped")
      }
      try {
        const bySubscription = await listen(t, queue, "subscription", work, { timeoutMs })
        const byMessage = await listen(t, queue, "message", work)
        await queue.publish("subscription", 1, { backoff: AT_ONCE })
        await queue.publish("message", 1, { backoff: AT_ONCE, timeoutMs })
        await bySubscription.reach(1)
        await byMessage.reach(1)
        await world.pass(world.step)
        for (const [name, seen] of Object.entries({ subscription: bySubscription, message: byMessage })) {
          await t.eventually(() => signals[name]?.aborted === true, `the signal aborts, by timeoutMs of the ${name}`)
          await seen.reach(2, `a second attempt, after one over timeoutMs of the ${name}`)
          t.equal(seen.messages[1]?.attempts, 2, `attempts, after one over timeoutMs of the ${name}`)
        }
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CTX-06", {
    why: "An attempt that was reported as failed must not be counted as done by a late answer.",
    fix: "Remember that the attempt is over, and drop what its handler then gives.",
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const seen = await listen(t, queue, "mail", async () => {
        if (seen.messages.length > 1) return "in time"
        await held.opened
        return "late"
      })
      try {
        const id = await queue.publish("mail", 1, { backoff: AT_ONCE, timeoutMs: world.step * 1000 })
        await seen.reach(1)
        await world.passTtl(world.step)
        held.open()
        await seen.reach(2, "a second delivery, after a handler that ended too late")
        if (!world.capabilities.management) return
        await reachStatus(t, queue, "mail", id, "completed", "a message whose second attempt was in time")
        t.equal((await queue.getTask("mail", id))?.result, "in time", "its result")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CTX-07", {
    why: "One handler that never ends would stop the queue.",
    fix: "Give the handler 5 s to mind its signal, then free its slot without it.",
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const work = ({ data }: { data: unknown }) => (data === "endless" ? held.opened : undefined)
      const seen = await listen(t, queue, "mail", work, { timeoutMs: world.step * 1000 })
      try {
        await queue.publish("mail", "endless", { maxAttempts: 1 })
        await seen.reach(1)
        await queue.publish("mail", "next")
        await world.pass(world.step)
        await world.pass(5)
        await seen.reach(2, "the next message, 5 s after the time of a handler that ignores its signal")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CTX-08", {
    why: "One kind of message may take longer than the others of its queue.",
    fix: "Take the timeoutMs of the message, and that of the subscription only where it has none.",
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const work = ({ attempts }: { attempts: number }) => (attempts === 1 ? held.opened : undefined)
      const timeoutMs = world.step * 1000
      const shorter = await listen(t, queue, "shorter", work, { timeoutMs: HOUR_MS })
      const longer = await listen(t, queue, "longer", work, { timeoutMs })
      try {
        await queue.publish("shorter", 1, { backoff: AT_ONCE, timeoutMs })
        await queue.publish("longer", 1, { backoff: AT_ONCE, timeoutMs: HOUR_MS })
        await shorter.reach(1)
        await longer.reach(1)
        await world.pass(world.step * 1.5)
        held.open()
        await shorter.reach(2, "a second attempt of a message whose own time was shorter")
        await longer.stay(1, "a message whose own time was longer had a second attempt")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CTX-09", {
    why: "A slip in a number would give a message back for ever, or show 4,000 percent.",
    fix: "Check the number before anything is done with it.",
    async check(t, queue, world) {
      const held = gate()
      let context: TaskContext | undefined
      const seen = await listen(t, queue, "mail", (_, given) => {
        context ??= given
        return held.opened
      })
      try {
        const id = await queue.publish("mail", 1)
        await seen.reach(1)
        const TOO_LONG_MS = 11 * 366 * 24 * HOUR_MS
        for (const ms of [-1, Number.NaN, TOO_LONG_MS, Number.POSITIVE_INFINITY, "1" as unknown as number]) {
          await t.rejects(() => context?.extend(ms), "INVALID_ARGUMENT", `extend(${ms})`)
          // It returns nothing, so that it throws.
          const { error } = await t.outcome(() => context?.retryLater(ms), `retryLater(${ms})`)
          t.equal((error as { code?: unknown } | undefined)?.code, "INVALID_ARGUMENT", `retryLater(${ms})`)
        }
        for (const value of [-1, 100.5, Number.NaN, "1" as unknown as number]) {
          await t.rejects(() => context?.progress(value), "INVALID_ARGUMENT", `progress(${value})`)
        }
        for (const value of [0, 12.5, 100]) {
          const { error } = await t.outcome(() => context?.progress(value), `progress(${value})`)
          t.equal(error, undefined, `progress(${value})`)
        }
        const { error } = await t.outcome(() => context?.extend(60_000), "extend(60000)")
        t.equal(error, undefined, "extend(60000)")
        held.open()
        await untilDone(t, queue, world, "mail", id)
        await seen.stay(1, "a retryLater that was refused gave the message back")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-CTX-10", {
    why: "Handlers stop their work when it aborts.",
    fix: "Make a signal for each attempt, and abort it only when that attempt is over.",
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      let signal: AbortSignal | undefined
      const seen = await listen(
        t,
        queue,
        "mail",
        async ({ data }, context) => {
          if (data === "done") return
          if (data === "fails") throw new Error("fails")
          if (data === "goes on") signal = context.signal
          await held.opened
        },
        { concurrency: 4, timeoutMs: HOUR_MS },
      )
      try {
        await queue.publish("mail", "goes on")
        await queue.publish("mail", "done")
        await queue.publish("mail", "fails", { maxAttempts: 1 })
        await queue.publish("mail", "runs over", { maxAttempts: 1, timeoutMs: world.step * 1000 })
        await seen.reach(4)
        await world.pass(world.step * 1.5)
        await t.never(() => signal?.aborted !== false, "the signal aborted while other attempts ended")
        const left = queue.unsubscribe("mail")
        await t.never(() => signal?.aborted !== false, "the signal aborted while unsubscribe waited for its handler")
        held.open()
        await left
      } finally {
        held.open()
      }
    },
  }),
]

function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }))
}
