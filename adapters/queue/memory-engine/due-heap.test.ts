import fc from "fast-check"
import { expect, it } from "vitest"
import { DueHeap } from "./due-heap.ts"

interface Item {
  readonly name: number
  readonly time: number
  place: number
}

/** Adds at a time, removes the n-th that is there, or takes what is due. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("add" as const), value: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ kind: fc.constant("remove" as const), value: fc.nat() }),
    fc.record({ kind: fc.constant("take" as const), value: fc.integer({ min: 0, max: 20 }) }),
  ),
  { maxLength: 200 },
)

it("gives what is due first, and of one time what was added first, like a list that is sorted each time", () => {
  fc.assert(
    fc.property(steps, (given) => {
      const heap = new DueHeap<Item>()
      const list: Item[] = []
      let name = 0
      for (const { kind, value } of given) {
        const first = [...list].sort((a, b) => a.time - b.time || a.name - b.name)[0]
        if (kind === "add") {
          const item = { name: name++, time: value, place: -1 }
          list.push(item)
          heap.add(item, value)
        } else if (kind === "remove" && list.length > 0) {
          const [item] = list.splice(value % list.length, 1) as [Item]
          expect(heap.timeOf(item)).toBe(item.time)
          heap.remove(item)
          expect(item.place).toBe(-1)
        } else if (kind === "take") {
          const due = first !== undefined && first.time <= value ? first : undefined
          expect(heap.takeDue(value)).toBe(due)
          if (due !== undefined) list.splice(list.indexOf(due), 1)
        }
        expect(heap.size).toBe(list.length)
        expect(heap.earliest).toBe(Math.min(...list.map(({ time }) => time)))
      }
    }),
  )
})

it("lets all of them go at once", () => {
  const heap = new DueHeap<Item>()
  const items = [3, 1, 2].map((time, name) => ({ name, time, place: -1 }))
  for (const item of items) heap.add(item, item.time)
  const gone: Item[] = []
  heap.clear((item) => gone.push(item))
  expect(gone.sort((a, b) => a.name - b.name)).toEqual(items)
  expect([heap.size, heap.earliest, items.map(({ place }) => place)]).toEqual([
    0,
    Number.POSITIVE_INFINITY,
    [-1, -1, -1],
  ])
})
