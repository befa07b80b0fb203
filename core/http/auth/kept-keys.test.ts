import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { KeptKeys } from "./kept-keys.ts"

const MINUTE = 60_000

/** Keys that are named by a number: the first, the second that was read. */
function keptKeys() {
  const clock = createManualClock()
  const issuer: { reads: number; failure: Error | undefined; answer: Promise<void> } = {
    reads: 0,
    failure: undefined,
    answer: Promise.resolve(),
  }
  const kept = new KeptKeys(async () => {
    const number = ++issuer.reads
    await issuer.answer
    if (issuer.failure !== undefined) throw issuer.failure
    return number
  }, clock)
  return { clock, issuer, kept }
}

const away = new Error("away")

describe("keys", () => {
  it("are read once by calls at the same time, and when 10 minutes are over", async () => {
    const { clock, kept } = keptKeys()
    expect(await Promise.all([kept.current(), kept.current(), kept.current()])).toEqual([1, 1, 1])
    await clock.advance(10 * MINUTE - 1)
    expect(await kept.current()).toBe(1)
    await clock.advance(1)
    expect(await Promise.all([kept.current(), kept.current()])).toEqual([2, 2])
    expect(kept.status).toBe("healthy")
    expect(kept.metrics).toEqual({ keySetReads: 2, keySetFailures: 0 })
  })

  it("that were never read are UNAVAILABLE, and asked for every 5 s", async () => {
    const { clock, issuer, kept } = keptKeys()
    issuer.failure = away
    const unavailable = { code: "UNAVAILABLE", cause: away }
    await expect(kept.current()).rejects.toMatchObject({ ...unavailable, details: { retryAfterSeconds: 5 } })
    await clock.advance(4_500)
    await expect(kept.current()).rejects.toMatchObject({ ...unavailable, details: { retryAfterSeconds: 1 } })
    expect(issuer.reads).toBe(1)
    expect(kept.status).toBe("unhealthy")
    issuer.failure = undefined
    await clock.advance(500)
    expect(await kept.current()).toBe(2)
    expect(kept.status).toBe("healthy")
  })

  it("that cannot be read anew are used for an hour, and are degraded", async () => {
    const { clock, issuer, kept } = keptKeys()
    await kept.current()
    issuer.failure = away
    await clock.advance(10 * MINUTE)
    expect(await kept.current()).toBe(1)
    expect(kept.status).toBe("degraded")
    await clock.advance(50 * MINUTE - 1)
    expect(await kept.current()).toBe(1)
    await clock.advance(1)
    await expect(kept.current()).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(kept.status).toBe("unhealthy")
  })

  it("that could not be read are not waited for while old ones do", async () => {
    const { clock, issuer, kept } = keptKeys()
    await kept.current()
    issuer.failure = away
    await clock.advance(10 * MINUTE)
    await kept.current()
    issuer.failure = undefined
    let answer = () => {}
    issuer.answer = new Promise((resolve) => {
      answer = resolve
    })
    await clock.advance(5_000)
    expect(await Promise.all([kept.current(), kept.current()])).toEqual([1, 1])
    answer()
    await clock.advance(0)
    expect(await kept.current()).toBe(3)
    expect(kept.status).toBe("healthy")
  })
})

describe("keys for an unknown key", () => {
  it("are read anew once in 5 s", async () => {
    const { clock, kept } = keptKeys()
    await kept.current()
    expect(await Promise.all([kept.renewed(), kept.renewed()])).toEqual([2, 2])
    await clock.advance(4_999)
    expect(await kept.renewed()).toBe(2)
    await clock.advance(1)
    expect(await kept.renewed()).toBe(3)
  })

  it("are UNAVAILABLE while nobody can tell whether it is new, and old keys still do for the others", async () => {
    const { clock, issuer, kept } = keptKeys()
    await kept.current()
    issuer.failure = away
    for (const _ of [1, 2]) await expect(kept.renewed()).rejects.toMatchObject({ code: "UNAVAILABLE", cause: away })
    expect(issuer.reads).toBe(2)
    expect(await kept.current()).toBe(1)
    expect(kept.status).toBe("degraded")
    issuer.failure = undefined
    await clock.advance(5_000)
    expect(await kept.renewed()).toBe(3)
    expect(kept.status).toBe("healthy")
  })

  it("that could not be read are tried again by the next call, though the old ones are fresh", async () => {
    const { clock, issuer, kept } = keptKeys()
    await kept.current()
    issuer.failure = away
    await expect(kept.renewed()).rejects.toThrow()
    issuer.failure = undefined
    await clock.advance(5_000)
    expect(await kept.current()).toBe(1)
    await clock.advance(0)
    expect(await kept.current()).toBe(3)
    expect(kept.status).toBe("healthy")
  })
})
