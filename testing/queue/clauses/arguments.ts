import type { PublishOptions, SubscribeOptions } from "../../../contracts/queue/queue.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, listen, type QueueClient } from "../clause.ts"

const TEN_YEARS_MS = 10 * 365.25 * 24 * 60 * 60 * 1000

/** Values that no caller of TypeScript would give. */
type Bad = unknown

/** publish refuses each value of an option. */
async function refused(
  t: Checks,
  queue: QueueClient,
  option: keyof PublishOptions,
  values: readonly Bad[],
): Promise<void> {
  for (const value of values) {
    const options = { [option]: value } as PublishOptions
    await t.rejects(
      () => queue.publish("arguments", 1, options),
      "INVALID_ARGUMENT",
      `publish with ${option} ${told(value)}`,
    )
  }
}

/** subscribe refuses each value of an option. */
async function refusedInSubscribe(
  t: Checks,
  queue: QueueClient,
  option: keyof SubscribeOptions,
  values: readonly Bad[],
): Promise<void> {
  for (const value of values) {
    const subscribe = () => queue.subscribe("arguments", () => {}, { [option]: value } as SubscribeOptions)
    await t.rejects(subscribe, "INVALID_ARGUMENT", `subscribe with ${option} ${told(value)}`)
  }
}

function told(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)
}

/** Of what must be a whole number. */
const NOT_WHOLE = [1.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null, true, {}]

/** QUEUE-ARG: options that are refused. */
export const argumentsClauses = [
  clause("QUEUE-ARG-01", {
    why: "A delay that was computed wrongly would start work at once, or never.",
    fix: "Check delays before anything is stored, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, queue) {
      const bad = [-1, -0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, TEN_YEARS_MS + 1]
      await refused(t, queue, "delay", [...bad, "1000", null, true, {}, new Date(0)])
    },
  }),
  clause("QUEUE-ARG-02", {
    why: "Priorities beyond what all stores have would be cut, and messages would overtake each other.",
    fix: "Check priorities as the checks of arguments in @objectos/sdk/contracts do.",
    needs: ["priorities"],
    async check(t, queue) {
      await refused(t, queue, "priority", [-1, 1001, 0.5, ...NOT_WHOLE])
    },
  }),
  clause("QUEUE-ARG-03", {
    why: "No attempt at all, or endless ones, is hardly ever what was meant.",
    fix: "Check maxAttempts as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, queue) {
      await refused(t, queue, "maxAttempts", [0, -1, 0.5, ...NOT_WHOLE])
    },
  }),
  clause("QUEUE-ARG-04", {
    why: "A message whose worker does not understand its backoff is tried again at once, or never.",
    fix: "Check backoffs, with each of their members, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, queue) {
      const fixed = { type: "fixed", delayMs: 1 }
      const badNumbers = [-1, Number.NaN, Number.POSITIVE_INFINITY, "1", null]
      await refused(t, queue, "backoff", [
        ...["random", "Fixed", "", undefined, null, 1].map((type) => ({ type, delayMs: 1 })),
        { type: "fixed" },
        ...badNumbers.map((delayMs) => ({ type: "fixed", delayMs })),
        ...badNumbers.map((maxDelayMs) => ({ ...fixed, maxDelayMs })),
        ...[0.5, 0, ...badNumbers].map((multiplier) => ({ type: "exponential", delayMs: 1, multiplier })),
        ...[1.1, ...badNumbers].map((jitter) => ({ ...fixed, jitter })),
        { ...fixed, delay: 1 },
        "fixed",
        1000,
        null,
        [fixed],
      ])
    },
  }),
  clause("QUEUE-ARG-05", {
    why: "A trace context goes into headers, which have text alone.",
    fix: "Refuse all other values; turning them into text hides the mistake.",
    async check(t, queue) {
      const values = [1, true, null, undefined, {}, ["text"], () => "text", Symbol("text"), new String("text")]
      await refused(t, queue, "metadata", [
        "text",
        1,
        null,
        ["text"],
        ...values.map((value) => ({ good: "text", value })),
      ])
    },
  }),
  clause("QUEUE-ARG-06", {
    why: "An option that is misspelled would be ignored in silence.",
    fix: "Refuse members that are not known, before anything is changed.",
    async check(t, queue) {
      for (const name of ["priorty", "retries", "Delay", "constructor"]) await refused(t, queue, name as never, [1])
      for (const name of ["concurency", "limiter", "priority"]) await refusedInSubscribe(t, queue, name as never, [1])
      const seen = await listen(t, queue, "arguments")
      await queue.publish("arguments", "accepted")
      await seen.reach(1, "a message to a subscription after one that was refused")
    },
  }),
  clause("QUEUE-ARG-07", {
    why: "A subscription that cannot handle anything takes messages, or waits for ever.",
    fix: "Check the handler and concurrency before anything is changed.",
    async check(t, queue) {
      const handlers = [undefined, null, "handler", {}, { handle: () => {} }, [() => {}]] as unknown as (() => void)[]
      for (const handler of handlers) {
        await t.rejects(
          () => queue.subscribe("arguments", handler),
          "INVALID_ARGUMENT",
          `subscribe of ${told(handler)}`,
        )
      }
      await refusedInSubscribe(t, queue, "concurrency", [0, -1, 0.5, ...NOT_WHOLE])
      const seen = await listen(t, queue, "arguments")
      await queue.publish("arguments", "accepted")
      await seen.reach(1, "a message to a subscription after those that were refused")
    },
  }),
  clause("QUEUE-ARG-08", {
    why: "A caller that is told of its mistake repeats the publish, and must not have published before.",
    fix: "Check everything before the first change, idempotency keys included.",
    async check(t, queue) {
      const bad = [
        { delay: -1 },
        { maxAttempts: 0 },
        { backoff: { type: "never" } },
        { metadata: { number: 1 } },
        { unknown: 1 },
        { timeoutMs: 0 },
      ] as unknown as PublishOptions[]
      const wanted: string[] = []
      for (const [index, options] of bad.entries()) {
        const idempotencyKey = `order-${index}`
        const call = () => queue.publish("arguments", "refused", { idempotencyKey, ...options })
        const { error } = await t.outcome(call, `publish with ${told(options)}`)
        // What is not refused is told by other clauses.
        if (error === undefined) await queue.purge?.("arguments").catch(() => undefined)
        else wanted.push(idempotencyKey)
      }
      for (const idempotencyKey of wanted) await queue.publish("arguments", idempotencyKey, { idempotencyKey })
      const seen = await listen(t, queue, "arguments")
      const arrived = () => wanted.every((key) => seen.data.includes(key))
      await t.eventually(arrived, "a message whose key was named by a publish that was refused")
      await t.never(() => seen.messages.length > wanted.length, "a message that was refused is delivered")
    },
  }),
  clause("QUEUE-ARG-09", {
    why: "Ids of the application's own would meet those of others, and sort nowhere.",
    fix: "Accept ids of the form that publish resolves; for keys of the application there is idempotencyKey.",
    async check(t, queue) {
      const id = await queue.publish("arguments", 1)
      const bad = [
        "",
        "1",
        "order-7",
        id.slice(1),
        `${id}0`,
        id.toLowerCase(),
        `${id.slice(0, 25)}:`,
        `${id}\n`,
        ` ${id}`,
      ]
      await refused(t, queue, "id", [...bad, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", 7, null, {}, [id]])
    },
  }),
  clause("QUEUE-ARG-10", {
    why: "Every attempt would be over before it began, or every message lost while it is handled.",
    fix: "Check times as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, queue) {
      const bad = [0, -1, Number.NaN, Number.NEGATIVE_INFINITY, null, {}]
      await refused(t, queue, "timeoutMs", bad)
      await refusedInSubscribe(t, queue, "timeoutMs", bad)
      await refusedInSubscribe(t, queue, "visibilityTimeoutMs", bad)
    },
  }),
]
