import { expect, it } from "vitest"
import { RateWindow } from "./rate-window.ts"

it("opens with its first start, and has room for so many until it closes", () => {
  const window = new RateWindow({ max: 2, durationMs: 100 })
  expect(window.opensAt(50)).toBe(50)
  window.take(50)
  expect(window.opensAt(149)).toBe(149)
  window.take(149)
  expect([window.opensAt(149), window.opensAt(149.9), window.opensAt(150)]).toEqual([150, 150, 150])
  window.take(170)
  window.take(170)
  expect(window.opensAt(269)).toBe(270)
})

it("knows its numbers", () => {
  const window = new RateWindow({ max: 2, durationMs: 100 })
  expect([window.isOf({ max: 2, durationMs: 100 }), window.isOf({ max: 3, durationMs: 100 })]).toEqual([true, false])
})
