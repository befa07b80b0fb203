import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareCodePoints } from "../../contracts/foundation/text.ts"
import type { ListOptions } from "../../contracts/storage/storage.ts"
import { cursorOf } from "./cursor.ts"
import { groupOf, pageOfKeys } from "./list-page.ts"

function walk(keys: readonly string[], options: ListOptions) {
  const sorted = [...keys].sort(compareCodePoints)
  const pages: { keys: string[]; prefixes: string[] }[] = []
  let cursor: string | undefined
  do {
    const page = pageOfKeys(sorted, { ...options, cursor })
    pages.push({ keys: page.keys, prefixes: page.prefixes })
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

/** What is listed, by the definition. */
function expected(keys: readonly string[], { delimiter, prefix = "" }: ListOptions) {
  const listed = [...new Set(keys)].filter((key) => key.startsWith(prefix)).sort(compareCodePoints)
  const groups = listed.map((key) => [key, groupOf(key, prefix, delimiter)] as const)
  return {
    keys: groups.flatMap(([key, group]) => (group === undefined ? [key] : [])),
    prefixes: [...new Set(groups.flatMap(([, group]) => group ?? []))],
  }
}

describe("a page of keys", () => {
  it("holds every key or prefix once, in order, whatever the limit", () => {
    const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "//", "é", "\u{1F600}", "\uffee"), minLength: 1 })
    const options = fc.record({
      prefix: fc.option(fc.constantFrom("", "a", "a/", "/", "é"), { nil: undefined }),
      delimiter: fc.option(fc.constantFrom("/", "//", "a", "ab", "\u{1F600}"), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 5 }),
    })
    void fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), options, (keys, options) => {
        const pages = walk(keys, options)
        const all = { keys: pages.flatMap(({ keys }) => keys), prefixes: pages.flatMap(({ prefixes }) => prefixes) }
        expect(all).toEqual(expected(keys, options))
        const sizes = pages.map(({ keys, prefixes }) => keys.length + prefixes.length)
        // Only the last page may have room left, and it is empty only where all is.
        expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).map(() => options.limit))
        expect(sizes.at(-1)).toBeGreaterThanOrEqual(pages.length > 1 ? 1 : 0)
      }),
      { numRuns: 500 },
    )
  })

  it("goes on behind its cursor while keys before and behind it come and go", () => {
    const { cursor } = pageOfKeys(["a", "b", "c/1", "d"], { limit: 2 })
    expect(pageOfKeys(["0", "aa", "c/0", "c/1", "e"], { cursor }).keys).toEqual(["c/0", "c/1", "e"])
    const grouped = { delimiter: "/", limit: 1 }
    const { cursor: behindGroup } = pageOfKeys(["c/1", "d"], grouped)
    expect(pageOfKeys(["c/0", "c/1", "c/2", "d"], { ...grouped, cursor: behindGroup })).toEqual({
      ...{ keys: ["d"], prefixes: [] },
    })
    expect(pageOfKeys(["c/9"], { ...grouped, cursor: behindGroup })).toEqual({ keys: [], prefixes: [] })
  })

  it("has no cursor where only keys of its last prefix follow", () => {
    expect(pageOfKeys(["a/1", "a/2", "a/3"], { delimiter: "/", limit: 1 })).toEqual({ keys: [], prefixes: ["a/"] })
  })

  it("has a limit of 1,000 of its own", () => {
    const keys = Array.from({ length: 1001 }, (_, index) => String(index).padStart(4, "0"))
    expect(walk(keys, {}).map(({ keys }) => keys.length)).toEqual([1000, 1])
  })

  it("refuses a cursor of another kind of place", () => {
    for (const place of ["", "a", "keyword".slice(1)]) {
      const cursor = cursorOf({}, place)
      expect(() => pageOfKeys(["a"], { cursor })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }))
    }
  })

  it("is that of an empty bucket, and of a prefix that no key has", () => {
    expect(pageOfKeys([])).toEqual({ keys: [], prefixes: [] })
    expect(pageOfKeys(["a"], { prefix: "b" })).toEqual({ keys: [], prefixes: [] })
    expect(pageOfKeys(["b"], { prefix: "a" })).toEqual({ keys: [], prefixes: [] })
  })
})

describe("the group of a key", () => {
  it.each([
    ["a/b/c", "", "/", "a/"],
    ["a/b/c", "a", "/", "a/"],
    ["a/b/c", "a/", "/", "a/b/"],
    ["a/b/c", "a/b/c", "/", undefined],
    ["/a", "", "/", "/"],
    ["a//b", "a/", "/", "a//"],
    ["xaaa", "", "aa", "xaa"],
    ["abc", "", "bc", "abc"],
    ["abc", "", undefined, undefined],
  ])("of %j behind %j by %j is %j", (key, prefix, delimiter, group) => {
    expect(groupOf(key, prefix, delimiter)).toBe(group)
  })
})
