import { describe, expect, it } from "vitest"
import { rangeOf } from "./range-header.ts"

const MAX = Number.MAX_SAFE_INTEGER

describe("rangeOf", () => {
  it.each([
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=1-3", { start: 1, end: 3 }],
    ["bytes=007-010", { start: 7, end: 10 }],
    ["bytes=5-", { start: 5 }],
    ["bytes=-5", { suffix: 5 }],
    ["BYTES=1-3", { start: 1, end: 3 }],
    ["bytes= 1-3 ", { start: 1, end: 3 }],
    ["bytes=-0", { start: MAX }],
    ["bytes=-000", { start: MAX }],
    [`bytes=${"9".repeat(30)}-`, { start: MAX }],
    [`bytes=0-${"9".repeat(400)}`, { start: 0, end: MAX }],
    [`bytes=-${"9".repeat(400)}`, { suffix: MAX }],
  ])("of %s is %o", (header, range) => expect(rangeOf(header)).toEqual(range))

  it.each([
    ...[null, "", "bytes", "bytes=", "bytes=-", "bytes=3-1", "bytes=0-1,3-4", "bytes=0-1, -1", "bytes=a-b", "bytes=1"],
    ...["items=0-1", "bytes=0x0-1", "bytes=1.5-2", "bytes=+1-2", "bytes=1--2", "bytes:0-1", "bytes=0-1;", "-1", "0-1"],
    ...["bytes=0 - 1", "bytes=\u0661-\u0662"],
  ])("of %j is the whole object", (header) => expect(rangeOf(header)).toBeUndefined())
})
