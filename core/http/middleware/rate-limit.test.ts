import type { Context } from "hono"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { rateLimit } from "./rate-limit.ts"

describe("the rate limit", () => {
  it("keeps a bounded number of counts: clients beyond it share one, until the window ends", async () => {
    const clock = createManualClock()
    const limit = rateLimit({ maxRequests: 2, windowMs: 1000 }, clock)
    const ask = (address: string) =>
      limit({ env: { address }, req: { path: "/" } } as unknown as Context, async () => {})
    for (let client = 0; client < 100_000; client++) await ask(String(client))

    await ask("late")
    await ask("later")
    await expect(ask("latest")).rejects.toMatchObject({ code: "RATE_LIMITED" })
    await ask("99999")
    await clock.advance(1000)
    await ask("latest")
  })
})
