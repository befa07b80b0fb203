import { describe, expect, it } from "vitest"
import { backoffMs, planMessage } from "./message-plan.ts"

const none = () => 0
const waits = (backoff: Parameters<typeof planMessage>[0], count: number, random = none) =>
  Array.from({ length: count }, (_, index) => backoffMs(planMessage(backoff).backoff, index + 1, random))

describe("the plan of a message", () => {
  it("has the defaults of the contract", () => {
    const plan = planMessage()
    expect(plan).toMatchObject({ delay: 0, priority: 2, maxAttempts: 3, type: undefined, timeoutMs: undefined })
    expect(waits(undefined, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  })

  it("takes options before the definition of the queue, and that before the defaults", () => {
    const definition = { name: "q", maxAttempts: 7, backoff: { type: "fixed", delayMs: 5 } } as const
    expect(planMessage({}, definition)).toMatchObject({ maxAttempts: 7, backoff: { type: "fixed", delayMs: 5 } })
    expect(planMessage(undefined, definition).maxAttempts).toBe(7)
    const options = { maxAttempts: 1, backoff: { type: "linear", delayMs: 1 } } as const
    expect(planMessage(options, definition)).toMatchObject({ maxAttempts: 1, backoff: { type: "linear", delayMs: 1 } })
  })

  it("keeps a copy of metadata", () => {
    const metadata = { trace: "1" }
    const plan = planMessage({ metadata })
    metadata.trace = "2"
    expect(plan.metadata).toEqual({ trace: "1" })
  })
})

describe("a backoff", () => {
  it.each([
    ["fixed", { type: "fixed", delayMs: 70 }, [70, 70, 70]],
    ["linear", { type: "linear", delayMs: 70 }, [70, 140, 210]],
    ["exponential", { type: "exponential", delayMs: 70 }, [70, 140, 280]],
    ["exponential by 3", { type: "exponential", delayMs: 70, multiplier: 3 }, [70, 210, 630]],
    ["capped", { type: "linear", delayMs: 70, maxDelayMs: 150 }, [70, 140, 150]],
    ["capped from the start", { type: "fixed", delayMs: 70, maxDelayMs: 0 }, [0, 0, 0]],
  ] as const)("waits: %s", (_, backoff, expected) => {
    expect(waits({ backoff }, 3)).toEqual(expected)
  })

  it("stays at its most after any number of attempts", () => {
    expect(backoffMs(planMessage().backoff, 1_000_000, none)).toBe(60_000)
  })

  it("is shorter by chance, by the share of jitter at most", () => {
    const backoff = { type: "fixed", delayMs: 100, jitter: 0.4 } as const
    expect(waits({ backoff }, 1, () => 0)).toEqual([100])
    expect(waits({ backoff }, 1, () => 0.5)).toEqual([80])
    expect(waits({ backoff }, 1, () => 0.999999)[0]).toBeGreaterThanOrEqual(60)
  })
})
