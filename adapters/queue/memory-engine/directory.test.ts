import fc from "fast-check"
import { expect, it } from "vitest"
import { MessageIds, planMessage } from "../../../core/queue/for-adapters.ts"
import { Directory } from "./directory.ts"
import { Message } from "./message.ts"

const ids = new MessageIds(() => 0.5)
const made = () => new Message(ids.next(1), ids.count, null, planMessage(), 1, undefined)
const foreign = () => new Message(new MessageIds(Math.random).next(1), -1, null, planMessage(), 1, undefined)

it("finds what was added and not removed, as a Map does", () => {
  const step = fc.record({ does: fc.constantFrom("add", "add foreign", "remove"), at: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const directory = new Directory()
      const map = new Map<string, Message>()
      const gone: Message[] = []
      for (const { at, does } of steps) {
        if (does === "remove") {
          const message = [...map.values()][at % Math.max(1, map.size)]
          if (message === undefined) continue
          directory.remove(message)
          map.delete(message.id)
          gone.push(message)
        } else {
          const message = does === "add" ? made() : foreign()
          directory.add(message)
          map.set(message.id, message)
        }
      }
      expect(directory.size).toBe(map.size)
      for (const [id, message] of map) expect(directory.find(id)).toBe(message)
      for (const { id } of gone) expect(directory.find(id)).toBeUndefined()
    }),
  )
})

it("does not take a message for another with the same count", () => {
  const directory = new Directory()
  const first = made()
  directory.add(first)
  const again = new Message(`${first.id.slice(0, 16)}0000000000`, first.count, null, planMessage(), 1, undefined)
  expect(directory.find(again.id)).toBeUndefined()
  directory.add(again)
  expect([directory.find(first.id), directory.find(again.id)]).toEqual([first, again])
  directory.remove(again)
  directory.remove(first)
  expect([directory.size, directory.find(first.id), directory.find(again.id)]).toEqual([0, undefined, undefined])
})

it("finds nothing by a text that is no id", () => {
  const directory = new Directory()
  directory.add(made())
  for (const text of ["", "x", "0", "~".repeat(26), "\ud800"]) expect(directory.find(text)).toBeUndefined()
})
