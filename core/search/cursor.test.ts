import { describe, expect, it } from "vitest"
import { cursorOf, placeOf } from "./cursor.ts"

const query = { object: "a", q: "é😀", sort: [{ field: "n" }] }
const place = { snapshot: "s.1", after: [1.5, "id \u{1F600}", null, true] }

describe("a cursor", () => {
  it("gives its place back, for its query alone", () => {
    const cursor = cursorOf(query, place)
    expect(cursor).toMatch(/^[\w-]+$/)
    expect(placeOf({ ...query, limit: 3 }, cursor)).toEqual(place)
    for (const other of [
      { ...query, q: "e" },
      { ...query, object: "b" },
      { object: "a", q: "é😀" },
    ]) {
      expect(() => placeOf(other, cursor)).toThrow("cursor must be * or what the page before gave")
    }
  })

  it("is refused where any character of it was changed", () => {
    const cursor = cursorOf(query, place)
    for (let at = 0; at < cursor.length; at++) {
      const changed = cursor.slice(0, at) + (cursor[at] === "A" ? "B" : "A") + cursor.slice(at + 1)
      expect(() => placeOf(query, changed), `changed at ${at}`).toThrow("cursor must be * or")
    }
  })

  it.each(["", "x", "*", "WzFd", "\u{1F600}", cursorOf(query, place).slice(1), `${cursorOf(query, place)}=`])(
    "is not %o",
    (cursor) => {
      expect(() => placeOf(query, cursor)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENT", details: { reason: "cursor" } }),
      )
    },
  )
})
