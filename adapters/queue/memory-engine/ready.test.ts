import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { message } from "./message.fixture.ts"
import type { Message } from "./message.ts"
import { Ready } from "./ready.ts"

const payloads = (messages: readonly (Message | undefined)[]) => messages.map((one) => one?.payload)
const takeAll = (ready: Ready) => Array.from({ length: ready.size }, () => ready.take())

function readyWith(...messages: Message[]): Ready {
  const ready = new Ready()
  for (const one of messages) ready.add(one)
  return ready
}

describe("messages that are ready", () => {
  it("go by priority, and within one in the order in which they came", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 100 }), (priorities) => {
        const messages = priorities.map((priority, index) => message(index, { priority }))
        const sorted = [...messages].sort((a, b) => a.plan.priority - b.plan.priority)
        expect(payloads(takeAll(readyWith(...messages)))).toEqual(payloads(sorted))
      }),
    )
  })

  it("can be removed from anywhere", () => {
    for (const index of [0, 1, 2]) {
      const messages = [0, 1, 2].map((count) => message(count))
      const ready = readyWith(...messages)
      const [removed] = messages.splice(index, 1) as [Message]
      ready.remove(removed)
      expect(payloads(takeAll(ready))).toEqual(payloads(messages))
      expect(ready.take()).toBeUndefined()
    }
  })

  it("go all at once, those in groups too", () => {
    const ready = readyWith(message(0), message(1, { groupKey: "a" }), message(2, { groupKey: "a" }), message(3))
    ready.take()
    ready.take()
    const gone: Message[] = []
    ready.clear((one) => gone.push(one))
    expect(payloads(gone)).toEqual([3, 2])
    expect([ready.size, ready.take()]).toEqual([0, undefined])
    ready.release("a")
    ready.add(message(4, { groupKey: "a" }))
    expect(ready.take()?.payload).toBe(4)
  })
})

describe("groups", () => {
  const a = (count: number, priority = 2) => message(count, { groupKey: "a", priority })
  const b = (count: number) => message(count, { groupKey: "b" })

  it("take turns with each other and with messages of none", () => {
    const ready = readyWith(a(1), a(2), a(3), b(4), message(5), b(6))
    ready.setGroupConcurrency(10)
    expect(payloads(takeAll(ready))).toEqual([1, 4, 5, 2, 6, 3])
  })

  it("have as many running as they may, and no more", () => {
    const ready = readyWith(a(1), a(2), a(3), b(4))
    expect(payloads([ready.take(), ready.take(), ready.take()])).toEqual([1, 4, undefined])
    expect(ready.size).toBe(2)
    ready.release("a")
    expect(payloads([ready.take(), ready.take()])).toEqual([2, undefined])
    ready.setGroupConcurrency(2)
    expect(payloads([ready.take(), ready.take()])).toEqual([3, undefined])
  })

  it("mind a limit that became lower", () => {
    const ready = readyWith(a(1), a(2), a(3))
    ready.setGroupConcurrency(2)
    ready.take()
    ready.setGroupConcurrency(1)
    expect(ready.take()).toBeUndefined()
    ready.release("a")
    expect(ready.take()?.payload).toBe(2)
  })

  it("have priorities", () => {
    const ready = readyWith(a(1, 5), a(2, 1))
    expect(payloads([ready.take(), ready.take()])).toEqual([2, undefined])
    ready.release("a")
    expect(ready.take()?.payload).toBe(1)
  })

  it("keep their order, lose nothing, and run no more than they may, whatever happens in between", () => {
    const step = fc.record({
      group: fc.constantFrom("a", "b", "c", undefined),
      does: fc.constantFrom("add", "add", "take", "release", "remove"),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 3 }), (steps, most) => {
        const ready = new Ready()
        ready.setGroupConcurrency(most)
        const waiting: Message[] = []
        const running: Message[] = []
        const of = (messages: Message[], group: string | undefined) =>
          messages.filter(({ keys }) => keys?.groupKey === group)
        for (const [count, { does, group }] of steps.entries()) {
          if (does === "add") {
            const one = message(count, { groupKey: group })
            waiting.push(one)
            ready.add(one)
          } else if (does === "take") {
            const taken = ready.take()
            const mayGo = waiting.some(
              ({ keys }) => keys?.groupKey === undefined || of(running, keys.groupKey).length < most,
            )
            expect(taken !== undefined).toBe(mayGo)
            if (taken === undefined) continue
            expect(of(waiting, taken.keys?.groupKey)[0]).toBe(taken)
            waiting.splice(waiting.indexOf(taken), 1)
            running.push(taken)
          } else {
            const list = does === "release" ? running : waiting
            const [one] = of(list, group)
            if (one === undefined) continue
            list.splice(list.indexOf(one), 1)
            if (does === "remove") ready.remove(one)
            else if (group !== undefined) ready.release(group)
          }
          expect(ready.size).toBe(waiting.length)
        }
      }),
    )
  })
})
