import { describe, expect, it } from "vitest"
import {
  CACHE_MAX_TAGS,
  cacheIncrementIssue,
  cacheLeaseIssue,
  cacheTagLimitIssue,
  cacheTagsIssue,
  cacheTokenIssue,
  cacheTouchIssue,
} from "./arguments.ts"

describe("tags", () => {
  it.each([[[]], [["a", "a"]], [["x".repeat(512)]], [["\ud83c\udff7", "a,b", " ", "__proto__"]]])(
    "may be %j",
    (tags) => {
      expect(cacheTagsIssue(tags)).toBeUndefined()
    },
  )

  it.each([
    ["a text", "tag", "Tags must come as an array; got a string."],
    ["a Set", new Set(["tag"]), "Tags must come as an array; got an object."],
    ["a number among them", ["tag", 7], "A tag must be a string; got a number."],
    ["an empty one", ["tag", ""], "A tag must not be empty."],
    ["one of 514 bytes", ["\u00e9".repeat(257)], "A tag must have at most 512 bytes; got 514."],
    ["a lone surrogate", ["\ud800"], "A tag must not have a lone surrogate."],
  ])("may not be %s", (_, tags, issue) => {
    expect(cacheTagsIssue(tags)).toBe(issue)
  })

  it("are counted without duplicates", () => {
    const tags = Array.from({ length: CACHE_MAX_TAGS + 1 }, (_, index) => `tag-${index}`)
    expect(cacheTagLimitIssue(tags)).toBe("An entry must have at most 128 tags; got 129.")
    expect(cacheTagLimitIssue(tags.slice(1))).toBeUndefined()
    expect(cacheTagLimitIssue(tags.map(() => "one"))).toBeUndefined()
  })
})

describe("issues of the atomic methods", () => {
  it("name the kind of what is wrong, and numbers", () => {
    expect(cacheIncrementIssue(0.5)).toBe("The step of increment must be a safe integer; got 0.5.")
    expect(cacheIncrementIssue("1")).toBe("The step of increment must be a safe integer; got a string.")
    expect(cacheLeaseIssue(Number.NaN)).toBe(
      "The time of a lease must be a finite number of milliseconds above 0; got NaN.",
    )
    expect(cacheTokenIssue(undefined)).toBe("The token of a lease must be a string; got undefined.")
    expect(cacheTouchIssue(undefined)).toBe("A ttl must be given to touch; got undefined.")
  })

  it("are none for what is right", () => {
    expect(cacheIncrementIssue(-3)).toBeUndefined()
    expect(cacheLeaseIssue(0.5)).toBeUndefined()
    expect(cacheTokenIssue("")).toBeUndefined()
    expect(cacheTouchIssue(Number.POSITIVE_INFINITY)).toBeUndefined()
  })
})
