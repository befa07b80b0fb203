import { describe, expect, it } from "vitest"
import { failedCondition, hasConditions, rangeHolds } from "./conditions.ts"

const object = { etag: "a", lastModified: new Date("2026-01-02T03:04:05.678Z") }
const SAME = "Fri, 02 Jan 2026 03:04:05 GMT"
const BEFORE = "Fri, 02 Jan 2026 03:04:04 GMT"
const AFTER = "Fri, 02 Jan 2026 03:04:06 GMT"
/** What is no date as HTTP writes it, so that it counts for nothing. */
const NO_DATES = ["", "2026-01-02", "2026-01-02T03:04:05Z", "0", "Fri, 99 Jan 2026 03:04:05 GMT"]

const failed = (headers: Record<string, string>) => failedCondition(new Headers(headers), object)

describe("failedCondition", () => {
  it.each(['"a"', '"b", "a"', ' "a" ,"b"', '"b",W/"c","a"', "*", " * "])("holds If-Match: %s", (value) => {
    expect(failed({ "if-match": value })).toBeUndefined()
  })

  it.each(['"b"', '"A"', 'W/"a"', "a", "", '""', '"b", "c"', '"a', '"*"', '"a b"'])("fails If-Match: %s", (value) => {
    expect(failed({ "if-match": value })).toBe("changed")
  })

  it.each(['"a"', 'W/"a"', '"b", W/"a"', "*", '"b","a"'])("finds nothing modified by If-None-Match: %s", (value) => {
    expect(failed({ "if-none-match": value })).toBe("not-modified")
  })

  it.each(['"b"', "a", "", '""', 'W/"b"', '"*"', "w/a"])("goes on by If-None-Match: %s", (value) => {
    expect(failed({ "if-none-match": value })).toBeUndefined()
  })

  it("compares dates by the second", () => {
    expect(failed({ "if-modified-since": SAME })).toBe("not-modified")
    expect(failed({ "if-modified-since": AFTER })).toBe("not-modified")
    expect(failed({ "if-modified-since": BEFORE })).toBeUndefined()
    expect(failed({ "if-unmodified-since": SAME })).toBeUndefined()
    expect(failed({ "if-unmodified-since": AFTER })).toBeUndefined()
    expect(failed({ "if-unmodified-since": BEFORE })).toBe("changed")
  })

  it.each(NO_DATES)("takes no notice of the date %j", (value) => {
    expect(failed({ "if-modified-since": value })).toBeUndefined()
    expect(failed({ "if-unmodified-since": value })).toBeUndefined()
  })

  it("lets an ETag go before a date, and If-Match before If-None-Match", () => {
    expect(failed({ "if-match": '"a"', "if-unmodified-since": BEFORE })).toBeUndefined()
    expect(failed({ "if-none-match": '"b"', "if-modified-since": AFTER })).toBeUndefined()
    expect(failed({ "if-match": '"b"', "if-none-match": '"a"' })).toBe("changed")
    expect(failed({ "if-match": '"a"', "if-none-match": '"a"' })).toBe("not-modified")
    expect(failed({ "if-unmodified-since": BEFORE, "if-none-match": '"a"' })).toBe("changed")
    expect(failed({})).toBeUndefined()
  })
})

describe("rangeHolds", () => {
  it.each(['"a"', SAME])("by If-Range: %s", (value) => {
    expect(rangeHolds(new Headers({ "if-range": value }), object)).toBe(true)
  })

  it.each(['"b"', 'W/"a"', "a", "*", '"a", "b"', BEFORE, AFTER, ...NO_DATES])("not by If-Range: %s", (value) => {
    expect(rangeHolds(new Headers({ "if-range": value }), object)).toBe(false)
  })

  it("without a condition", () => expect(rangeHolds(new Headers(), object)).toBe(true))
})

describe("hasConditions", () => {
  it("knows those about the object, and not that about its range", () => {
    for (const name of ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]) {
      expect(hasConditions(new Headers({ [name]: "" }))).toBe(true)
    }
    expect(hasConditions(new Headers({ "if-range": '"a"', range: "bytes=0-" }))).toBe(false)
  })
})
