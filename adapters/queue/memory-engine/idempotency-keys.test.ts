import { expect, it } from "vitest"
import { IdempotencyKeys } from "./idempotency-keys.ts"

it("knows a key until its window is over", () => {
  const keys = new IdempotencyKeys()
  keys.add("a", "1", 0, 10)
  expect([keys.idOf("a", 9), keys.idOf("a", 10), keys.idOf("b", 0)]).toEqual(["1", undefined, undefined])
})

it("knows the latest message of a key, for its own window", () => {
  const keys = new IdempotencyKeys()
  keys.add("a", "1", 0, 10)
  keys.add("a", "2", 10, 10)
  expect([keys.idOf("a", 19), keys.idOf("a", 20), keys.size]).toEqual(["2", undefined, 1])
})

it("frees a key only for the message that has it", () => {
  const keys = new IdempotencyKeys()
  keys.add("a", "1", 0, 10)
  keys.free("a", "2")
  expect(keys.idOf("a", 0)).toBe("1")
  keys.free("a", "1")
  expect([keys.idOf("a", 0), keys.size]).toEqual([undefined, 0])
})

it("drops what is over when another key is added", () => {
  const keys = new IdempotencyKeys()
  for (let count = 0; count < 100; count++) keys.add(`${count}`, "1", 0, 10)
  keys.add("new", "1", 10, 10)
  expect(keys.size).toBe(1)
})
