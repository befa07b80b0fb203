import { beforeEach, describe, expect, expectTypeOf, it } from "vitest"
import * as z from "zod"
import { createMemoryQueue } from "../../../adapters/queue/memory.ts"
import { createManualClock, type ManualClock } from "../../../contracts/foundation/clock.ts"
import type { StandardSchema } from "../../../contracts/foundation/standard-schema.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { createWorker } from "../worker/create-worker.ts"
import { typedQueue } from "./typed-queue.ts"

let clock: ManualClock
let queue: Queue

beforeEach(() => {
  clock = createManualClock()
  queue = createMemoryQueue({}, { clock })
})

const mail = z.object({ to: z.string().min(3), at: z.iso.datetime().transform((text) => new Date(text)) })
const AT = "2026-01-01T00:00:00Z"

/** A schema by hand, which says with `message` what it refuses. */
function even(message: (value: unknown) => string): StandardSchema<number, string> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: async (value) =>
        typeof value === "number" && value % 2 === 0
          ? { value: String(value) }
          : {
              issues: [
                { message: message(value), path: [{ key: "part" }, 0] },
                { message: "", path: [] },
              ],
            },
    },
  }
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe("typedQueue", () => {
  it("publishes the input, and hands out the output of the schema", async () => {
    const mails = typedQueue(queue, "mail", mail)
    const id = await mails.publish({ to: "ada", at: AT })
    expect((await queue.getTask("mail", id))?.data).toEqual({ to: "ada", at: AT })
    const seen: unknown[] = []
    await mails.subscribe(({ data }) => {
      expectTypeOf(data).toEqualTypeOf<{ to: string; at: Date }>()
      seen.push(data)
    })
    await clock.advance(0)
    expect(seen).toEqual([{ to: "ada", at: new Date(AT) }])
    await mails.unsubscribe()
    await mails.publish({ to: "bob", at: AT })
    await clock.advance(0)
    expect(seen).toHaveLength(1)
  })

  it("types what is published", () => {
    const mails = typedQueue(queue, "mail", mail)
    expectTypeOf(mails.publish).parameter(0).toEqualTypeOf<{ to: string; at: string }>()
    expectTypeOf(typedQueue(queue, "n", even(String)).publish)
      .parameter(0)
      .toEqualTypeOf<number>()
  })

  it("refuses data that does not fit, with each path and no value", async () => {
    const error = await rejection(typedQueue(queue, "mail", mail).publish({ to: "ab", at: "hunter2" }))
    expect(error).toMatchObject({
      code: "INVALID_ARGUMENT",
      operation: "publish",
      details: { issues: [{ path: "data.to" }, { path: "data.at" }] },
    })
    expect(JSON.stringify(error)).not.toContain("hunter2")
    expect(await queue.listQueues()).toEqual([])
  })

  it.each([
    ["a text", "hunter2", "", " string", (value: unknown) => `Expected an even number but received "${value}".`],
    ["a number", 4711, "", " number", (value: unknown) => `Expected even, got ${value}`],
    ["a part", { deep: ["hunter2"] }, "", "n object", (value: unknown) => `No ${JSON.stringify(value)} here`],
    ["another part", { a: 1, b: "hunter2" }, ".a", " number", () => "Not beside hunter2"],
    ["a key", { hunter2: 1 }, "", "n object", () => "Unknown key hunter2"],
  ])("hides messages of a schema that show %s of the data", async (_, data, at, kind, message) => {
    const numbers = typedQueue(queue, "numbers", {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value: unknown) => ({ issues: [{ message: message(value), path: at.split(".").slice(1) }] }),
        types: undefined as { input: unknown; output: unknown } | undefined,
      },
    })
    const error = (await rejection(numbers.publish(data))) as Error
    expect(error.message).toBe(
      `A payload of numbers must fit its schema; got something else. data${at}: must be another value; got a${kind}.`,
    )
  })

  it("keeps messages that show nothing of it, though short parts stand in them by chance", async () => {
    const schema = z.object({ title: z.string(), to: z.string() }).refine(() => false, "must fit its recipient")
    const error = await rejection(typedQueue(queue, "mail", schema).publish({ title: "A book", to: "a" }))
    expect(error).toMatchObject({ details: { issues: [{ path: "data", message: "must fit its recipient" }] } })
  })

  it("takes a schema by hand that answers later", async () => {
    const numbers = typedQueue(
      queue,
      "numbers",
      even(() => "must be even."),
    )
    const seen: string[] = []
    await numbers.subscribe(({ data }) => seen.push(data))
    await numbers.publish(2)
    await clock.advance(0)
    expect(seen).toEqual(["2"])
    const error = await rejection(numbers.publish(3))
    expect(error).toMatchObject({
      details: {
        issues: [
          { path: "data.part.0", message: "must be even" },
          { path: "data", message: "must be another value; got a number" },
        ],
      },
    })
  })

  it("publishes what it was given although the caller changes it meanwhile", async () => {
    const data = { to: "ada", at: AT }
    const publishing = typedQueue(queue, "mail", mail).publish(data)
    data.to = "changed"
    expect((await queue.getTask("mail", await publishing))?.data).toEqual({ to: "ada", at: AT })
  })

  it("publishMany publishes nothing where an item does not fit, and says which", async () => {
    const mails = typedQueue(queue, "mail", mail)
    const good = { data: { to: "ada", at: AT } }
    const error = await rejection(mails.publishMany([good, { data: { to: "", at: AT } }]))
    expect(error).toMatchObject({ details: { issues: [{ path: "items.1.data.to" }] } })
    expect(await queue.listQueues()).toEqual([])
    const ids = await mails.publishMany([good, { ...good, options: { delay: 10 } }])
    expect(await queue.getTask("mail", ids[1] as string)).toMatchObject({ status: "pending" })
  })

  it("ends a message that does not fit as dead, with the reason, and without its handler", async () => {
    const mails = typedQueue(queue, "mail", mail)
    let calls = 0
    await mails.subscribe(() => calls++)
    await queue.publish("mail", { to: "a", at: AT })
    await clock.advance(0)
    const { items } = await queue.listFailed("mail")
    expect(items).toMatchObject([{ reason: "handler", attempts: 1, data: { to: "a" } }])
    expect(items[0]?.error.message).toMatch(/^The payload must fit the schema of mail\. data\.to: /)
    expect(calls).toBe(0)
  })

  it("fails the attempt alone where the schema throws", async () => {
    const broken = typedQueue(queue, "mail", {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (): never => {
          throw new Error("hunter2")
        },
      },
    })
    expect(await rejection(broken.publish(1))).toMatchObject({
      code: "INTERNAL",
      message: "The schema failed; see cause.",
    })
    await broken.subscribe(() => {})
    const id = await queue.publish("mail", 1)
    await clock.advance(0)
    expect(await queue.getTask("mail", id)).toMatchObject({ status: "failed" })
  })

  it("refuses what is no JSON data, as a queue does", async () => {
    const any = typedQueue(queue, "any", z.any())
    expect(await rejection(any.publish({ at: new Date() }))).toMatchObject({ code: "INVALID_ARGUMENT" })
    await expect(any.subscribe("no" as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    const id = await any.publish(undefined)
    expect((await queue.getTask("any", id))?.data).toBeNull()
  })

  it("gives messages its type, and a worker a handler", async () => {
    const mails = typedQueue(queue, "mail", mail, { type: "send_mail" })
    const seen: Date[] = []
    const worker = createWorker(
      queue,
      { name: "w", queues: ["mail"], handlers: { send_mail: mails.handler(({ data }) => seen.push(data.at)) } },
      { clock },
    )
    await worker.start()
    await mails.publish({ to: "ada", at: AT })
    const other = await mails.publish({ to: "ada", at: AT }, { type: "other" })
    await clock.advance(0)
    expect(seen).toEqual([new Date(AT)])
    expect(await queue.getTask("mail", other)).toMatchObject({ type: "other", status: "failed" })
    await worker.close()
  })
})
