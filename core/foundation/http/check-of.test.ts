import { expect, it } from "vitest"
import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { checkOf } from "./check-of.ts"

/** What is said of a value with so many members that nobody knows. */
function refusalOf(members: number): ServiceError {
  const value = Object.fromEntries(Array.from({ length: members }, (_, index) => [`x${index}`, 1]))
  try {
    checkOf(z.strictObject({ a: z.optional(z.string()) }), "body")(value)
  } catch (error) {
    if (ServiceError.is(error)) return error
  }
  throw new Error("It must be refused.")
}

it("a refinement runs at most three times for a value that is refused, and once for another", () => {
  let runs = 0
  const even = z.int().check(z.refine((value) => ++runs > 0 && value % 2 === 0))
  const check = checkOf(even, "body")
  expect(() => check(1)).toThrow("body: ")
  expect(runs).toBe(3)
  expect(check(2)).toBe(2)
  expect(runs).toBe(4)
})

it("a schema of another copy of zod is not compiled: its own parser decides", () => {
  const schema = z.int()
  schema._zod.run = (payload) => ({ ...payload, value: "its own" })
  expect(checkOf(schema, "body")(1)).toBe(1)
  schema._zod.version = { ...schema._zod.version }
  expect(checkOf(schema, "body")(1)).toBe("its own")
})

it("a value is refused with each of 20 issues, and of more with their number", () => {
  const [few, many] = [refusalOf(20), refusalOf(1000)]
  expect([few.details?.["issues"], many.details?.["issues"]]).toEqual([
    expect.objectContaining({ length: 20 }),
    expect.objectContaining({ length: 20 }),
  ])
  expect(few.message).toMatch(/body\.x19: .*\.$/)
  expect(few.message).not.toContain("more")
  expect(many.message).toMatch(/body\.x19: .*; and 980 more\.$/)
})
