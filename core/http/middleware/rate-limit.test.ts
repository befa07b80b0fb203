import type { Context } from "hono"
import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { rateLimit } from "./rate-limit.ts"

/** What a client gets that asks, `undefined` where it may. */
function limited(maxRequests: number) {
  const clock = createManualClock()
  const limit = rateLimit({ maxRequests, windowMs: 1000 }, clock)
  const ask = (address: string) => limit({ env: { address }, req: { path: "/" } } as unknown as Context, async () => {})
  return { ask, clock }
}

describe("the rate limit", () => {
  it.each([
    ["addresses of one IPv6 network", "2001:db8:1:2::1", "2001:db8:1:2:ffff::2"],
    ["an address as IPv4 and as IPv6", "192.0.2.1", "::ffff:192.0.2.1"],
    ["an address with two ports, as some proxies write it", "192.0.2.1:4711", "192.0.2.1:4712"],
  ])("takes %s for one client", async (_name, one, other) => {
    const { ask } = limited(1)
    await ask(one)
    await expect(ask(other)).rejects.toMatchObject({ code: "RATE_LIMITED" })
    await ask("192.0.2.2")
  })

  it("keeps a bounded number of counts: clients beyond it share one, until the window ends", async () => {
    const { ask, clock } = limited(2)
    const address = (client: number) => `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`
    for (let client = 0; client < 100_000; client++) await ask(address(client))

    await ask("192.0.2.1")
    await ask("192.0.2.2")
    await expect(ask("192.0.2.3")).rejects.toMatchObject({ code: "RATE_LIMITED" })
    await ask(address(99_999))
    await clock.advance(1000)
    await ask("192.0.2.3")
  })
})
