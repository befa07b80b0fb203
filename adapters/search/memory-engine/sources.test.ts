import { describe, expect, it } from "vitest"
import type { BulkOperation } from "../../../contracts/search/search.ts"
import { createMemorySearch } from "../memory.ts"

const operation = (id: string): BulkOperation => ({ op: "index", object: "a", id, doc: { t: id } })

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe("a source", () => {
  it("has ended once the search is closed, whether it waits or goes on for ever", async () => {
    const search = createMemorySearch()
    let isEnded = false
    let produced = 0
    const endless = function* () {
      try {
        for (;;) yield operation(`id-${produced++ % 10}`)
      } finally {
        isEnded = true
      }
    }
    const silent = async function* () {
      yield operation("first")
      await new Promise(() => {})
    }
    const calls = [search.bulk(endless()), search.bulk(silent()), search.reindex("b", silent() as never)]
    const settled = Promise.all(calls.map((call) => call.catch((error) => error)))
    await turn()
    await search.close()
    for (const error of await settled) expect(error).toMatchObject({ code: "CLOSED" })
    expect(isEnded).toBe(true)
    const before = produced
    await turn()
    expect(produced).toBe(before)
  })

  it("may be of promises, and is ended where it has a bad document", async () => {
    const search = createMemorySearch()
    const promised = [Promise.resolve(operation("1")), operation("2")] as BulkOperation[]
    expect(await search.bulk(promised)).toMatchObject({ failed: 0 })
    let isEnded = false
    const bad = async function* () {
      try {
        yield { id: "", doc: {} }
      } finally {
        await turn()
        isEnded = true
      }
    }
    await expect(search.reindex("a", bad())).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(isEnded).toBe(true)
    expect((await search.search({ object: "a" })).total).toBe(2)
  })

  it.each([
    ["no iterator", { [Symbol.iterator]: () => 5 }],
    ["no steps", { [Symbol.iterator]: () => ({ next: () => 5 }) }],
    ["steps that come to nothing", { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }],
  ])("that gives %s is refused", async (_, source) => {
    const search = createMemorySearch()
    await expect(search.bulk(source as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" })
  })

  it("of a bulk may have items that cannot be read; the others are done", async () => {
    const search = createMemorySearch()
    const unreadable = {
      op: "index",
      object: "a",
      id: "3",
      get doc(): never {
        throw new Error("secret")
      },
    }
    const junk = [null, undefined, 5, [], new Map(), { op: "index", object: {}, id: [], doc: 1 }]
    const { failed, items } = await search.bulk([operation("1"), unreadable, ...junk, operation("2")] as never)
    expect(failed).toBe(7)
    expect(items.map(({ error }) => error?.code)).toEqual([undefined, ...Array(7).fill("INVALID_ARGUMENT"), undefined])
    expect(JSON.stringify(items)).not.toContain("secret")
    expect((await search.search({ object: "a" })).total).toBe(2)
  })

  it("that fails keeps what was done before", async () => {
    const search = createMemorySearch()
    const failing = function* () {
      yield operation("1")
      throw new Error("secret")
    }
    const error = await search.bulk(failing()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: "INTERNAL" })
    expect((error as Error).message).not.toContain("secret")
    expect((await search.search({ object: "a" })).total).toBe(1)
  })
})
