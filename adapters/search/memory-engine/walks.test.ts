import { describe, expect, it } from "vitest"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { createMemorySearch } from "../memory.ts"

async function filled(count: number) {
  const clock = createManualClock()
  const search = createMemorySearch({}, { clock })
  for (let id = 0; id < count; id++) await search.index("a", `id-${id}`, { word: "same", n: id % 3 })
  return { clock, search }
}

const ENDED = { code: "PRECONDITION_FAILED", details: { reason: "cursor" } }

describe("a walk", () => {
  it.each([{}, { q: "same" }, { sort: [{ field: "n", order: "desc" as const }] }])(
    "sees what was there when it began, whatever is written meanwhile: %j",
    async (query) => {
      const { search } = await filled(30)
      const seen: string[] = []
      let cursor: string | undefined = "*"
      while (cursor !== undefined) {
        const page = await search.search({ object: "a", ...query, limit: 7, cursor })
        expect(page.total).toBe(30)
        seen.push(...page.hits.map(({ id }) => id))
        await search.remove("a", `id-${seen.length}`)
        await search.index("a", `id-${seen.length + 1}`, { word: "same", n: 0 })
        await search.index("a", `new-${seen.length}`, { word: "same", n: 1 })
        cursor = page.cursor
      }
      expect(seen).toHaveLength(30)
      expect(new Set(seen).size).toBe(30)
    },
  )

  it.each([
    [{ q: "same" }, [[], [null, null, null], ["x", "a", "1"], [1, 2, 3], [1, "a"], [1, "a", "1", 1]]],
    [
      { sort: [{ field: "n" }] },
      [
        [0, "a", "1"],
        [0, "a", "1", "x"],
        [0, "a", "1", true],
        [0, "a", "1", 1, 1],
      ],
    ],
    [{ sort: [{ field: "word" }] }, [[0, "a", "1", 1]]],
  ])("refuses a cursor that was tampered with, and goes on with its own: %j", async (query, places) => {
    const { search } = await filled(5)
    const ask = (cursor: string) => search.search({ object: "a", ...query, limit: 1, cursor })
    const { cursor = "" } = await ask("*")
    const [scope, snapshot] = JSON.parse(Buffer.from(cursor, "base64url").toString())
    for (const after of places) {
      const forged = Buffer.from(JSON.stringify([scope, snapshot, after])).toString("base64url")
      await expect(ask(forged)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", details: { reason: "cursor" } })
    }
    expect((await ask(cursor)).hits).toHaveLength(1)
  })

  it("is over the indexes that were there when it began", async () => {
    const { search } = await filled(3)
    const ask = (cursor: string) => search.search({ object: ["a", "b"], q: "same", fields: ["word"], limit: 2, cursor })
    const { cursor = "" } = await ask("*")
    await search.index("b", "1", { other: 1 })
    expect((await ask(cursor)).hits).toHaveLength(1)
  })

  it("ends after five minutes in which nobody asks", async () => {
    const { clock, search } = await filled(5)
    const ask = (cursor = "*") => search.search({ object: "a", limit: 1, cursor })
    const first = await ask()
    await clock.advance(299_000)
    const second = await ask(first.cursor)
    await clock.advance(299_000)
    await ask(second.cursor)
    await clock.advance(301_000)
    await expect(ask(second.cursor)).rejects.toMatchObject(ENDED)
  })

  it("ends where its index was built anew or deleted, and when 1,000 others began", async () => {
    const { search } = await filled(3)
    const begin = async () => (await search.search({ object: "a", limit: 1, cursor: "*" })).cursor ?? ""
    const ask = (cursor: string) => search.search({ object: "a", limit: 1, cursor })
    const one = await begin()
    await search.reindex("a")
    await expect(ask(one)).rejects.toMatchObject(ENDED)
    const two = await begin()
    for (let count = 0; count < 1000; count++) await begin()
    await expect(ask(two)).rejects.toMatchObject(ENDED)
    const three = await begin()
    await search.deleteIndex("a")
    await expect(ask(three)).rejects.toMatchObject(ENDED)
  })
})
