import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { TaskRecord } from "../../../contracts/queue/message.ts"
import { LARGEST_TRIED_BYTES } from "../../families/values.ts"
import { AGAIN, AT_ONCE, clause, gate, listen } from "../clause.ts"
import { NO_ID } from "../probes.ts"
import { aWhile, HOUR_MS, reachStatus } from "../states.ts"

const needs = ["management"] as const
const IN_AN_HOUR = { type: "fixed", delayMs: HOUR_MS, maxDelayMs: HOUR_MS } as const

/** QUEUE-MGMT, of single messages: what is told of them, and how they are called off. */
export const tasksClauses = [
  clause("QUEUE-MGMT-06", {
    why: "A page that shows a message must show what was published, and not something like it.",
    fix: "Store everything that publish was given with the message.",
    needs,
    async check(t, queue, world) {
      const own = world.capabilities.priorities ? { priority: 7 } : {}
      const data = { to: "ada", lines: [1, null] }
      const options = { type: "welcome", metadata: { trace: "1" }, maxAttempts: 5, delay: HOUR_MS, ...own }
      const id = await queue.publish("mail", data, options)
      const task = await queue.getTask("mail", id)
      const { attempts, failures, maxAttempts, metadata, priority, queue: name, type } = task ?? ({} as TaskRecord)
      t.equal({ id: task?.id, name, data: task?.data, type, metadata }, { id, name: "mail", data, ...only(options) })
      t.equal([attempts, maxAttempts, failures], [0, 5, []], "attempts, maxAttempts and failures")
      t.equal(priority, own.priority ?? 2, "the priority")
      const delay = (task?.dueAt ?? 0) - (task?.timestamp ?? 0)
      t.ok(Math.abs(delay - HOUR_MS) < 1000, `dueAt is ${delay} ms after timestamp, want ${HOUR_MS}`)
      const plain = await queue.getTask("mail", await queue.publish("mail", null))
      t.equal([plain?.data, plain?.maxAttempts, plain?.priority], [null, 3, 2], "data, maxAttempts and priority")
      t.equal([plain?.type, plain?.metadata], [undefined, undefined], "type and metadata of what has none")
      for (const other of [NO_ID, "", "no id", "*", id.slice(0, -1)]) {
        t.equal(await queue.getTask("mail", other), undefined, `getTask of ${JSON.stringify(other)}`)
      }
      t.equal(await queue.getTask("unused", id), undefined, "getTask in a queue that nobody has used")
      const seen = await listen(t, queue, "times")
      const told = await queue.getTask("times", await queue.publish("times", 1))
      await seen.reach(1)
      t.equal(told?.timestamp, seen.messages[0]?.timestamp, "the timestamp, and that of the delivery")
    },
  }),
  clause("QUEUE-MGMT-07", {
    why: "Somebody waits for the message, and looks at what has become of it.",
    fix: "Tell the status from where the message is, and from its last attempt.",
    needs,
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const status = async (id: string) => (await queue.getTask("mail", id))?.status
      const delayed = await queue.publish("mail", "delayed", { delay: HOUR_MS })
      t.equal(await status(delayed), "pending", "of a message that is delayed")
      const fails = await queue.publish("mail", "fails", { maxAttempts: 2, backoff: IN_AN_HOUR })
      t.equal(await status(fails), "queued", "of a message that waits")
      let opened: Promise<void> | undefined = held.opened
      await listen(t, queue, "mail", async ({ data }) => {
        await opened
        if (data === "fails") throw new Error("fails")
      })
      try {
        await t.eventually(async () => (await status(fails)) === "processing", "the status of a message with a handler")
        const done = await queue.publish("mail", "done")
        const dies = await queue.publish("mail", "fails", { maxAttempts: 1 })
        held.open()
        await reachStatus(t, queue, "mail", fails, "failed", "a message that waits for its second attempt")
        await reachStatus(t, queue, "mail", done, "completed", "a message that was handled")
        await reachStatus(t, queue, "mail", dies, "dead", "a message whose only attempt failed")
        const again = gate()
        opened = again.opened
        try {
          const options = { maxAttempts: 2, backoff: IN_AN_HOUR, timeoutMs: world.step * 1000 }
          const slow = await queue.publish("mail", "slow", options)
          await t.eventually(async () => (await status(slow)) === "processing", "the status of a slow message")
          await world.passTtl(world.step)
          again.open()
          await reachStatus(t, queue, "mail", slow, "timeout", "a message whose first attempt took too long")
        } finally {
          again.open()
        }
        t.equal(await status(delayed), "pending", "of a message that is still delayed")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-08", {
    why: "A caller that waits for work wants what came of it.",
    fix: "Store what the handler gave as JSON, whatever it looks like, and leave it out where it is none.",
    needs,
    async check(t, queue) {
      const results: unknown[] = [{ sum: 3, of: [1, 2] }, 0, false, "", null, "null", [], undefined, () => 1]
      const seen = await listen(t, queue, "mail", ({ data }) => results[data])
      const ids: string[] = []
      for (const index of results.keys()) ids.push(await queue.publish("mail", index, { maxAttempts: 1 }))
      await seen.end(results.length)
      for (const [index, id] of ids.entries()) {
        const result = results[index]
        const what = typeof result === "function" ? "a function" : JSON.stringify(result)
        await t.eventually(
          async () => !["queued", "processing"].includes((await queue.getTask("mail", id))?.status ?? ""),
          `the end of a message whose handler gives ${what}`,
        )
        const wanted = typeof result === "function" ? undefined : result
        t.equal((await queue.getTask("mail", id))?.result, wanted, `the result of a handler that gives ${what}`)
      }
    },
  }),
  clause("QUEUE-MGMT-22", {
    why: "A handler that returns a whole file fills the store, a thousand times over.",
    fix: "Count the UTF-8 bytes of a result's JSON, and complete the message without one that is too large.",
    needs,
    async check(t, queue, { capabilities: { maxPayloadBytes } }) {
      if (maxPayloadBytes > LARGEST_TRIED_BYTES) {
        t.ok(true, "no limit below 16 MiB is declared")
        return
      }
      // Two bytes are for the quotes.
      const largest = "x".repeat(maxPayloadBytes - 2)
      const results = {
        "as large as may be": largest,
        "one byte larger": `${largest}x`,
        "larger with what is around it": { text: largest },
        "larger in UTF-8": "é".repeat(Math.floor(maxPayloadBytes / 2)),
      }
      const seen = await listen(t, queue, "mail", ({ data }) => results[data as keyof typeof results])
      for (const what of Object.keys(results)) {
        const id = await queue.publish("mail", what, AGAIN)
        await reachStatus(t, queue, "mail", id, "completed", `a message whose result is ${what}`)
        const { result } = (await queue.getTask("mail", id)) ?? {}
        const wanted = what === "as large as may be" ? largest : undefined
        t.ok(result === wanted, `a result that is ${what} is ${result === undefined ? "not kept" : "kept, or changed"}`)
      }
      await seen.stay(Object.keys(results).length, "a message is delivered again whose result is too large")
    },
  }),
  clause("QUEUE-MGMT-09", {
    why: "A message that failed three times in three ways is not mended by its last error.",
    fix: "Add an entry for each attempt that fails, with the times at which it started and failed.",
    needs,
    waits: true,
    async check(t, queue, world) {
      const held = gate()
      const stepMs = world.step * 1000
      const id = await queue.publish("mail", 1, { maxAttempts: 4, backoff: AT_ONCE, timeoutMs: stepMs })
      await world.pass(world.step)
      const seen = await listen(t, queue, "mail", async ({ attempts }) => {
        if (attempts === 1) throw Object.assign(new Error("the first"), { code: "E_FIRST" })
        if (attempts === 2) throw new ServiceError("UNAVAILABLE", "the second")
        if (attempts === 3) await held.opened
      })
      try {
        await seen.reach(3)
        await world.passTtl(world.step)
        held.open()
        await reachStatus(t, queue, "mail", id, "completed", "a message that succeeds in the end")
        const task = await queue.getTask("mail", id)
        const failures = task?.failures ?? []
        const told = failures.map(({ attempt, reason }) => [attempt, reason])
        const wanted = ["error", "error", "timeout"].map((reason, index) => [index + 1, reason])
        t.equal(told, wanted, "number and reason of the attempts that failed")
        const errors = failures.slice(0, 2).map(({ error: { code, message } }) => [code, message])
        t.equal(errors[0], ["E_FIRST", "the first"], "code and message of the first error")
        t.equal(errors[1], ["UNAVAILABLE", "the second"], "code and message of the second error")
        t.ok((failures[2]?.error.message ?? "") !== "", "the error of an attempt that took too long has no message")
        for (const [index, { failedAt = 0, startedAt }] of failures.entries()) {
          const since = startedAt - (task?.timestamp ?? 0)
          t.ok(
            since > stepMs * 0.9,
            `attempt ${index + 1} started ${since} ms after the publish, want ${stepMs} at least`,
          )
          const least = index === 2 ? stepMs * 0.9 : 0
          const took = failedAt - startedAt
          t.ok(took >= least && took < HOUR_MS, `attempt ${index + 1} failed ${took} ms after its start, want ${least}`)
        }
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-10", {
    why: "A bar that stands still is taken for work that does.",
    fix: "Store each progress with the message, in the place of the one before.",
    needs,
    async check(t, queue) {
      const held = gate()
      let id = ""
      const told: unknown[] = []
      const work = async (_: unknown, context: { progress(value: number): Promise<void> }) => {
        for (const value of [10, 80, 42.5]) {
          await context.progress(value)
          told.push((await queue.getTask("mail", id))?.progress)
        }
        await held.opened
      }
      await queue.pause("mail")
      const seen = await listen(t, queue, "mail", work)
      try {
        id = await queue.publish("mail", 1)
        t.equal((await queue.getTask("mail", id))?.progress, undefined, "progress before the start")
        await queue.resume("mail")
        await seen.reach(1)
        await t.eventually(() => told.length === 3, "three values of progress")
        t.equal(told, [10, 80, 42.5], "progress, while the handler runs")
        held.open()
        await reachStatus(t, queue, "mail", id, "completed", "a message that said its progress")
        t.equal((await queue.getTask("mail", id))?.progress, 42.5, "progress, when the handler has ended")
      } finally {
        held.open()
      }
    },
  }),
  clause("QUEUE-MGMT-11", {
    why: "What a customer has called off must not be done.",
    fix: "Look where the message is and remove it in one step, from every list that it can be in.",
    needs,
    waits: true,
    async check(t, queue, world) {
      const own = world.capabilities.priorities ? { priority: 7 } : {}
      const delay = world.step * 2000
      const early = world.window(world.step * 2)
      const failing = await listen(t, queue, "fails", () => {
        throw new Error("fails")
      })
      const again = await queue.publish("fails", 1, { backoff: { type: "fixed", delayMs: delay } })
      const ids: Record<string, string> = {
        waits: await queue.publish("mail", "waits"),
        "waits, with a priority": await queue.publish("mail", "waits, with a priority", own),
        "is delayed": await queue.publish("mail", "is delayed", { delay }),
      }
      await queue.publish("mail", "stays")
      for (const [what, id] of Object.entries(ids)) {
        t.equal(await queue.cancel("mail", id), true, `cancel of what ${what}`)
        t.equal(await queue.getTask("mail", id), undefined, `getTask of what ${what} and was cancelled`)
        t.equal(await queue.cancel("mail", id), false, `a second cancel of what ${what}`)
      }
      await failing.end(1)
      await reachStatus(t, queue, "fails", again, "failed", "a message that waits for another attempt")
      const cancelled = await queue.cancel("fails", again)
      early.close()
      t.equal(cancelled, true, "cancel of what waits for another attempt")
      const seen = await listen(t, queue, "mail")
      await seen.reach(1, "the message that was not cancelled")
      await world.pass(world.step * 2)
      await t.never(() => seen.messages.length + failing.messages.length > 2, "what was cancelled was delivered")
      t.equal(seen.data, ["stays"], "payloads")
    },
  }),
  clause("QUEUE-MGMT-12", {
    why: "A caller that is told true believes that nothing was done, and nothing will be.",
    fix: "Answer true only where the message was waiting or delayed in the step that removed it.",
    needs,
    async check(t, queue, world) {
      const held = gate()
      let signal: AbortSignal | undefined
      const seen = await listen(t, queue, "mail", ({ data }, context) => {
        if (data === "dies") throw new Error("fails")
        if (data === "done") return "result"
        signal ??= context.signal
        return held.opened
      })
      try {
        for (const id of [NO_ID, "no id"]) t.equal(await queue.cancel("mail", id), false, `cancel of ${id}`)
        t.equal(await queue.cancel("unused", NO_ID), false, "cancel in a queue that nobody has used")
        const done = await queue.publish("mail", "done")
        await reachStatus(t, queue, "mail", done, "completed", "a message that was handled")
        t.equal(await queue.cancel("mail", done), false, "cancel of what is completed")
        t.equal((await queue.getTask("mail", done))?.result, "result", "its result after cancel")
        const dies = await queue.publish("mail", "dies", { maxAttempts: 1 })
        await reachStatus(t, queue, "mail", dies, "dead", "a message whose only attempt failed")
        t.equal(await queue.cancel("mail", dies), false, "cancel of what is dead")
        t.equal((await queue.getTask("mail", dies))?.status, "dead", "its status after cancel")
        if (world.capabilities.deadLetters) {
          t.equal((await queue.listFailed("mail")).items.length, 1, "how many are dead after cancel")
        }
        const runs = await queue.publish("mail", "runs")
        await seen.reach(3)
        t.equal(await queue.cancel("mail", runs), false, "cancel of what runs")
        await aWhile(t)
        t.equal(signal?.aborted, false, "whether its signal aborted")
        held.open()
        await reachStatus(t, queue, "mail", runs, "completed", "what was to be cancelled while it ran")
        await seen.stay(3, "cancel made another delivery")
      } finally {
        held.open()
      }
    },
  }),
]

function only({ metadata, type }: { metadata: object; type: string }): object {
  return { metadata, type }
}
