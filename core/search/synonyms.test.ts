import { describe, expect, it } from "vitest"
import { joinSynonyms } from "./synonyms.ts"

describe("joinSynonyms", () => {
  it("gives the same for the same two, so that what is known of them is kept", () => {
    const [one, other] = [[["a", "b"]], [["c", "d"]]]
    expect(joinSynonyms(one, other)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ])
    expect(joinSynonyms(one, other)).toBe(joinSynonyms(one, other))
    expect(joinSynonyms(joinSynonyms(one, other), one)).toBe(joinSynonyms(joinSynonyms(one, other), one))
  })

  it("has a group of both once, so that it counts once", () => {
    expect(joinSynonyms([["a", "b"]], [["a", "b"]])).toEqual([["a", "b"]])
  })

  it("gives those of the one that has some", () => {
    const some = [["a", "b"]]
    expect([joinSynonyms(some, []), joinSynonyms([], some), joinSynonyms(some, some)]).toEqual([some, some, some])
    expect(joinSynonyms([], some)).toBe(some)
  })
})
