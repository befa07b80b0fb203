import { expect, it } from "vitest"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { taskErrorOf } from "./task-error.ts"

const hostile = Object.defineProperty({}, "message", {
  get: () => {
    throw new Error("no")
  },
})

it.each([
  [new Error("no"), { message: "no" }],
  [new TypeError(""), { message: "TypeError" }],
  [Object.assign(new Error("no"), { code: "E_NO" }), { message: "no", code: "E_NO" }],
  [Object.assign(new Error("no"), { code: 5 }), { message: "no" }],
  [new ServiceError("UNAVAILABLE", "gone"), { message: "gone", code: "UNAVAILABLE" }],
  ["text", { message: "text" }],
  ["", { message: "The handler threw an empty text." }],
  [null, { message: "The handler threw null." }],
  [undefined, { message: "The handler threw undefined." }],
  [5, { message: "The handler threw 5." }],
  [{}, { message: "The handler threw an object." }],
  [Symbol("s"), { message: "The handler threw a symbol." }],
  [hostile, { message: "The handler threw an object." }],
  ["\ud800", { message: "\ufffd" }],
])("tells what was thrown, case %#", (thrown, expected) => {
  expect(taskErrorOf(thrown)).toEqual(expected)
})

it("cuts long text", () => {
  expect(taskErrorOf("x".repeat(5000)).message).toBe(`${"x".repeat(2000)}…`)
})
