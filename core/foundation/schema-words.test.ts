import { describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { parseSchema } from "./parse-schema.ts"

const SECRET = "hunter2"

describe("the message of an issue", () => {
  it.each([
    [z.string(), 4815, "must be a string; got a number"],
    [z.number(), SECRET, "must be a number; got a string"],
    [z.number(), Number.NaN, "must be a finite number; got NaN"],
    [z.int(), 1.5, "must be a whole number; got 1.5"],
    [z.boolean(), undefined, "must be true or false; got undefined"],
    [z.array(z.string()), SECRET, "must be an array; got a string"],
    [z.never(), SECRET, "must be left out; got a string"],
    [z.enum(["lru", "lfu"]), SECRET, "must be one of lru, lfu; got another string"],
    [z.literal(5), 4815, "must be 5; got a number"],
    [z.number().check(z.minimum(1)), 0, "must be at least 1; got 0"],
    [z.number().check(z.positive()), 0, "must be above 0; got 0"],
    [z.number().check(z.maximum(5)), 6, "must be at most 5; got 6"],
    [z.number().check(z.lt(5)), 5, "must be below 5; got 5"],
    [z.number().check(z.multipleOf(5)), 6, "must be a multiple of 5; got 6"],
    [z.string().check(z.minLength(1)), "", "must not be empty"],
    [z.string().check(z.minLength(9)), SECRET, "must have at least 9 characters; got 7"],
    [z.string().check(z.maxLength(3)), SECRET, "must have at most 3 characters; got 7"],
    [z.array(z.string()).check(z.length(2)), [SECRET], "must have exactly 2 items; got 1"],
    [z.set(z.string()).check(z.maxSize(0)), new Set([SECRET]), "must have at most 0 items; got 1"],
    [z.string().check(z.startsWith("a")), SECRET, "must begin with a; got another string"],
    [z.string().check(z.regex(/^a$/)), SECRET, "must match /^a$/; got another string"],
    [z.email(), SECRET, "must have the format email; got another string"],
    [z.union([z.boolean(), z.array(z.string())]), SECRET, "must be true or false, or an array; got another string"],
    [z.union([z.boolean(), z.object({ a: z.string() })]), {}, "must have one of its forms; got an object"],
    [z.string().check(z.refine(() => false)), SECRET, "must be another value; got another string"],
    [z.string().check(z.refine(() => false, "must be ours")), SECRET, "must be ours"],
  ])("says what must be and what was got: %#", (schema, value, message) => {
    expect(parseSchema<unknown>(schema, value).issues?.map((issue) => issue.message)).toEqual([message])
  })
})
