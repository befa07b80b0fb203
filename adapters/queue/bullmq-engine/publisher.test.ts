import { expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { Publisher } from "./publisher.ts"
import type { Store } from "./store.ts"

const ID = "01M8N7N414000001TDWPEAJXB8"
const TIMEOUT_MS = 1000
const UNKNOWN = { code: "TIMEOUT", details: { outcome: "unknown", id: ID } }

/** A publisher whose commands end as is said, one after the other. */
function open(...outcomes: (() => Promise<unknown>)[]) {
  const clock = createManualClock()
  const connection = { mapError: (error: unknown) => error }
  const redis = { load() {}, run: () => outcomes.shift()?.() }
  const store = {
    clock,
    connection,
    redis,
    counts: { published: 0 },
    definitions: new Map(),
    keys: { base: (queue: string) => `${queue}:`, queues: "queues" },
    nextId: () => ID,
    options: { maxPayloadBytes: 1_000_000, timeoutMs: TIMEOUT_MS },
  } as unknown as Store
  return { clock, publisher: new Publisher(store) }
}

const failsWith = (code: "UNAVAILABLE" | "TIMEOUT" | "INTERNAL" | "CLOSED") => async () => {
  throw new ServiceError(code, "as the test says")
}
const isSilent = () => new Promise(() => {})

it("tells that nobody knows where a try was refused and the next one has no answer in time", async () => {
  const { clock, publisher } = open(failsWith("UNAVAILABLE"), isSilent)
  const published = publisher.publish("q", 1)
  const told = expect(published).rejects.toMatchObject(UNKNOWN)
  await clock.advance(TIMEOUT_MS)
  await told
})

it.each(["INTERNAL", "CLOSED", "UNAVAILABLE"] as const)(
  "tells that nobody knows where an answer was lost and the next tries end with %s",
  async (code) => {
    const { clock, publisher } = open(failsWith("TIMEOUT"), ...Array.from({ length: 60 }, () => failsWith(code)))
    const told = expect(publisher.publish("q", 1)).rejects.toMatchObject(UNKNOWN)
    await clock.advance(TIMEOUT_MS)
    await told
  },
)

it("tells that nothing was stored where each try was refused", async () => {
  const { clock, publisher } = open(...Array.from({ length: 60 }, () => failsWith("UNAVAILABLE")))
  const told = expect(publisher.publish("q", 1)).rejects.toMatchObject({ code: "UNAVAILABLE", details: undefined })
  await clock.advance(TIMEOUT_MS)
  await told
})

it("has no more text on its way than the renewal of locks can wait for", async () => {
  const sent: string[] = []
  const payload = "x".repeat(100_000)
  const { publisher } = open(
    ...Array.from({ length: 30 }, (_, index) => () => {
      sent.push(String(index))
      return isSilent()
    }),
  )
  void publisher.publishMany(
    "q",
    Array.from({ length: 30 }, () => ({ data: payload })),
  )
  await Promise.resolve()
  expect(sent).toHaveLength(10)
})
