import { expect, it } from "vitest"
import { QUEUE_KNOWN_IDS } from "../../../contracts/queue/arguments.ts"
import { MessageIds, timeOfId } from "../../../core/queue/for-adapters.ts"
import { DroppedIds } from "./dropped-ids.ts"

const { count, ms } = QUEUE_KNOWN_IDS

function open(forgotten = -1) {
  const ids = new MessageIds(() => 0)
  const dropped = new DroppedIds(ids, forgotten)
  const drop = (now: number) => {
    const done = { id: ids.next(now), count: ids.count }
    dropped.add(done, now)
    return done.id
  }
  return { drop, dropped, ids }
}

it("knows an id for its time at least, and for twice that at most", () => {
  const { drop, dropped, ids } = open()
  const first = drop(5)
  const other = ids.next(6)
  expect([dropped.has(first, 5 + ms), dropped.has(other, 5 + ms)]).toEqual([true, false])
  const second = drop(6 + ms)
  expect([dropped.has(first, 4 + 2 * ms), dropped.mayHaveForgotten(first)]).toEqual([true, false])
  expect([dropped.has(first, 5 + 2 * ms), dropped.mayHaveForgotten(first)]).toEqual([false, true])
  expect([dropped.has(second, 5 + 2 * ms), dropped.mayHaveForgotten(other)]).toEqual([true, false])
})

it("knows ids that were made elsewhere from those that were made here", () => {
  const { drop, dropped } = open()
  const here = drop(5)
  const elsewhere = new MessageIds(() => 0.5).next(5000)
  expect([dropped.has(here, 5), dropped.has(elsewhere, 5)]).toEqual([true, false])
  dropped.add({ id: elsewhere, count: -1 }, 5)
  expect([dropped.has(here, 5), dropped.has(elsewhere, 5)]).toEqual([true, true])
  dropped.forget(5 + 2 * ms)
  expect([dropped.forgotten, dropped.mayHaveForgotten(elsewhere)]).toEqual([timeOfId(elsewhere), true])
})

it("may have forgotten what had the latest time, also when the clock was set back", () => {
  const { drop, dropped, ids } = open()
  ids.next(1e12)
  const id = drop(5)
  dropped.forget(5 + 2 * ms)
  expect(dropped.mayHaveForgotten(id)).toBe(true)
})

it("holds nothing when nobody has used it for long", () => {
  const { drop, dropped } = open(3)
  drop(5)
  drop(6)
  dropped.forget(100 * ms)
  expect([dropped.size, dropped.forgotten]).toEqual([0, 6])
  const id = drop(100 * ms)
  expect(dropped.has(id, 101 * ms - 1)).toBe(true)
})

it("knows the last ones, twice as many at most", () => {
  const { drop, dropped } = open()
  let most = 0
  const kept = new Map<number, string>()
  for (let number = 0; number < 3 * count; number++) {
    const id = drop(number / count)
    if (number % count === 0) kept.set(number / count, id)
    most = Math.max(most, dropped.size)
  }
  const known = [...kept.values()].map((id) => dropped.has(id, 3))
  expect([most <= 2 * count, known]).toEqual([true, [false, false, true]])
})
