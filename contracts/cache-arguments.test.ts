import { describe, expect, it } from "vitest"
import {
  CACHE_MAX_TAGS,
  cacheIncrementIssue,
  cacheLeaseIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTouchIssue,
} from "./cache-arguments.ts"

describe("tags", () => {
  it.each([[[]], [["a", "a"]], [["x".repeat(512)]], [["\ud83c\udff7", "a,b", " ", "__proto__"]]])(
    "may be %j",
    (tags) => {
      expect(cacheTagsIssue(tags)).toBeUndefined()
    },
  )

  it.each([
    ["a text", "tag", "Tags come as an array, not as a string."],
    ["a Set", new Set(["tag"]), "Tags come as an array, not as an object."],
    ["a number among them", ["tag", 7], "A tag is a string, not a number."],
    ["an empty one", ["tag", ""], "A tag is not empty."],
    ["one of 514 bytes", ["\u00e9".repeat(257)], "A tag has at most 512 bytes."],
    ["a lone surrogate", ["\ud800"], "A tag has no lone surrogate."],
  ])("may not be %s", (_, tags, issue) => {
    expect(cacheTagsIssue(tags)).toBe(issue)
  })

  it("are counted without duplicates", () => {
    const tags = Array.from({ length: CACHE_MAX_TAGS + 1 }, (_, index) => `tag-${index}`)
    expect(cacheTagLimitIssue(tags)).toBe("An entry has at most 128 tags; this one has 129.")
    expect(cacheTagLimitIssue(tags.slice(1))).toBeUndefined()
    expect(cacheTagLimitIssue(tags.map(() => "one"))).toBeUndefined()
  })
})

describe("issues of the atomic methods", () => {
  it("name the kind of what is wrong, and numbers", () => {
    expect(cacheIncrementIssue(0.5)).toBe("A count changes by a safe integer, not by 0.5.")
    expect(cacheIncrementIssue("1")).toBe("A count changes by a safe integer, not by a string.")
    expect(cacheLeaseIssue(Number.NaN)).toBe("A lease lasts a finite number of milliseconds above 0, not NaN.")
    expect(cacheTokenIssue(undefined)).toBe("The token of a lease is a string, not undefined.")
    expect(cacheTouchIssue(undefined)).toBe("touch needs a ttl.")
  })

  it("are none for what is right", () => {
    expect(cacheIncrementIssue(-3)).toBeUndefined()
    expect(cacheLeaseIssue(0.5)).toBeUndefined()
    expect(cacheTokenIssue("")).toBeUndefined()
    expect(cacheTouchIssue(Number.POSITIVE_INFINITY)).toBeUndefined()
  })
})
