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
