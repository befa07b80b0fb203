import { expect, it } from "vitest"
import { exceptionAttributes } from "./exception.ts"

function errorOf(message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { stack: `Error: ${message}\n${"    at code\n".repeat(100)}` })
}

it("names each cause in a stack that is cut to its limit", () => {
  const error = errorOf("outer", errorOf("middle", errorOf("inner")))
  const stack = String(exceptionAttributes(error, 600)["exception.stacktrace"])
  expect(stack.length).toBeLessThanOrEqual(600)
  expect(stack.split("\nCaused by: ").map((part) => part.split("\n")[0])).toEqual([
    "Error: outer",
    "Error: middle",
    "Error: inner",
  ])
})

it("leaves a stack that fits as it is", () => {
  const error = errorOf("outer", errorOf("inner"))
  const stack = exceptionAttributes(error, 4096)["exception.stacktrace"]
  expect(stack).toBe(`${error.stack}\nCaused by: ${(error.cause as Error).stack}`)
})
