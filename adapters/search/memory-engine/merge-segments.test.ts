import { expect, it } from "vitest"
import { fieldOf } from "../../../core/search/for-adapters.ts"
import { mergeSegments } from "./merge-segments.ts"
import { GrowingSegment } from "./segment.ts"

const FIELD = fieldOf("word", { type: "text" })

function segmentOf(from: number, size: number) {
  const segment = new GrowingSegment()
  for (let id = from; id < from + size; id++) {
    segment.add(`id-${id}`, JSON.stringify({ word: "same" }), new Map([[FIELD, ["same"]]]))
  }
  return segment.freeze()
}

it("leaves out what is removed before a merge, and removes what is removed while it runs", () => {
  const [one, other] = [segmentOf(0, 3000), segmentOf(3000, 3000)]
  one.remove(7)
  const steps = mergeSegments([one, other])
  expect(steps.next().done).toBe(false)
  one.remove(8)
  other.remove(9)
  for (;;) {
    const { done, value: merged } = steps.next()
    if (done !== true) continue
    expect([merged.size, merged.removed, merged.live.count()]).toEqual([5999, 2, 5997])
    expect(["id-7", "id-8", "id-3009"].map((id) => merged.ids.find(id, merged.live))).toEqual([-1, -1, -1])
    expect(merged.ids.find("id-3010", merged.live)).toBe(3009)
    return
  }
})
