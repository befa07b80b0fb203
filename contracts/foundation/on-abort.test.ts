import { getEventListeners } from "node:events"
import { describe, expect, it } from "vitest"
import { onAbort } from "./on-abort.ts"

describe("onAbort", () => {
  it("calls all that wait, once, by one listener", () => {
    const controller = new AbortController()
    const called: number[] = []
    for (const number of [1, 2, 3]) onAbort(controller.signal, () => called.push(number))
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1)
    controller.abort()
    controller.abort()
    expect(called).toEqual([1, 2, 3])
  })

  it("calls the same function for each of its waits", () => {
    const controller = new AbortController()
    let count = 0
    const then = () => count++
    onAbort(controller.signal, then)
    onAbort(controller.signal, then)()
    controller.abort()
    expect(count).toBe(1)
  })

  it("does not call who has ended the wait, also meanwhile", () => {
    const controller = new AbortController()
    const called: string[] = []
    const ends: (() => void)[] = []
    onAbort(controller.signal, () => {
      called.push("first")
      for (const end of ends) end()
    })
    ends.push(onAbort(controller.signal, () => called.push("second")))
    controller.abort()
    expect(called).toEqual(["first"])
  })

  it("leaves no listener, and waits again afterwards", () => {
    const controller = new AbortController()
    const ends = [1, 2].map(() => onAbort(controller.signal, () => {}))
    for (const end of ends) end()
    for (const end of ends) end()
    expect(getEventListeners(controller.signal, "abort")).toEqual([])
    let called = false
    onAbort(controller.signal, () => {
      called = true
    })
    controller.abort()
    expect(called).toBe(true)
  })

  it("calls nobody for a signal that has aborted, or for none", () => {
    let called = false
    const then = () => {
      called = true
    }
    onAbort(AbortSignal.abort(), then)()
    onAbort(undefined, then)()
    expect(called).toBe(false)
  })
})
