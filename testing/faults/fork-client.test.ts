import { afterEach, describe, expect, it } from "vitest"
import type { Cache } from "../../contracts/cache.ts"
import type { ForkedClient } from "../engine/subject.ts"
import { forkClient } from "./fork-client.ts"

const memory = new URL("../../adapters/cache/memory.ts", import.meta.url)
let forked: ForkedClient<Cache> | undefined

afterEach(() => forked?.kill())

describe("forkClient", () => {
  it("calls methods in the other process, with data of every kind", async () => {
    forked = await forkClient<Cache>({ module: memory, make: "createMemoryCache", args: [{ maxEntries: 10 }] })
    const value = { date: new Date(0), map: new Map([["a", 1n]]), bytes: Uint8Array.of(1, 2) }
    await forked.client.set("key", value)
    expect(await forked.client.get("key")).toEqual(value)
  })

  it("hands on what a call rejects with", async () => {
    forked = await forkClient<Cache>({ module: memory, make: "createMemoryCache", args: [] })
    await expect(forked.client.set("", 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", adapter: "memory" })
  })

  it("says why no client could be made", async () => {
    const bad = forkClient<Cache>({ module: memory, make: "createMemoryCache", args: [{ maxEntries: 0 }] })
    await expect(bad).rejects.toThrow("maxEntries")
  })

  it("rejects calls under way when it is killed, and later ones", async () => {
    forked = await forkClient<Cache>({ module: memory, make: "createMemoryCache", args: [] })
    const { client, kill } = forked
    const settled = Promise.allSettled([client.stats(), client.set("key", "x".repeat(1_000_000))])
    await kill()
    await kill()
    for (const outcome of await settled) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "TIMEOUT" })
    }
    await expect(client.get("key")).rejects.toMatchObject({ code: "CLOSED" })
  })
})
