import { beforeAll, describe, expect, it } from "vitest"
import * as z from "zod/mini"
import { isRawBody, type Route } from "../../foundation/http/route.ts"
import { apiOfEveryService } from "./every-service.fixture.ts"
import { differenceOf } from "./schema-gate.fixture.ts"

describe("the JSON Schema of each request says what zod checks", () => {
  let routes: readonly Route[]
  beforeAll(async () => {
    routes = (await apiOfEveryService()).routes()
  })

  it.each(["params", "query", "body"] as const)("of %s", (part) => {
    const found = routes.flatMap((route) => {
      const schema = route[part]
      const difference = schema === undefined || isRawBody(schema) ? undefined : differenceOf(schema)
      return difference === undefined ? [] : [`${route.method} ${route.path}: ${difference}`]
    })
    expect(found).toEqual([])
  })
})

describe("the gate", () => {
  it.each([
    ["a flag of a pattern", z.string().check(z.regex(/^[a-z]+$/i)), "zod accepts, and the JSON Schema refuses"],
    ["a pattern that sees halves of a character", z.string().check(z.regex(/^.$/)), "zod refuses, and the JSON Schema"],
    ["a refinement", z.int().check(z.refine((value) => value % 2 === 0)), "zod refuses, and the JSON Schema accepts"],
    [
      "a refinement over members",
      z.strictObject({ from: z.int(), to: z.int() }).check(z.refine(({ from, to }) => from <= to)),
      "zod refuses, and the JSON Schema accepts",
    ],
    [
      "a bound in another unit",
      z.string().check(
        z.maxLength(9),
        z.refine((text) => text.length <= 9),
      ),
      "zod refuses, and the JSON Schema accepts",
    ],
    ["a trim", z.string().check(z.trim()), "zod changes"],
    ["a trim before a bound", z.string().check(z.trim(), z.minLength(3)), "zod "],
    ["lower case", z.strictObject({ name: z.string().check(z.toLowerCase()) }), "zod changes"],
    ["an overwrite", z.array(z.int()).check(z.overwrite((list) => list.slice(0, 1))), "zod changes"],
    ["a transform", z.pipe(z.string(), z.transform(Number)), "zod changes"],
    ["what is read only", z.strictObject({ a: z.readonly(z.array(z.string())) }), "the JSON Schema says readOnly"],
    ["a coercion", z.coerce.number(), "zod accepts, and the JSON Schema refuses"],
    ["a format without a pattern", z.url(), "zod refuses, and the JSON Schema accepts"],
    ["an object that drops members", z.object({ a: z.optional(z.string()) }), "zod changes"],
    ["a record, which drops __proto__", z.record(z.string(), z.int()), "zod "],
    ["an open object, which drops __proto__", z.looseObject({}), "zod changes"],
    ["a step of numbers over 2^50", z.int().check(z.multipleOf(5)), "zod accepts, and the JSON Schema refuses"],
    ["a catch", z.catch(z.string(), ""), "zod accepts, and the JSON Schema refuses"],
  ])("finds %s", (_, schema, difference) => {
    expect(differenceOf(schema)).toContain(difference)
  })

  const tree: z.ZodMiniType = z.strictObject({
    name: z.string(),
    get kids() {
      return z.optional(z.array(tree))
    },
  })

  it.each([
    ["texts", z.string().check(z.minLength(1), z.maxLength(200))],
    ["patterns", z.string().check(z.regex(/^[a-z][\w-]{0,9}$/u))],
    ["times", z.iso.datetime()],
    ["numbers", z.number().check(z.minimum(-1.5), z.lt(7))],
    ["whole numbers", z.int().check(z.positive(), z.multipleOf(5), z.maximum(100))],
    ["lists", z.array(z.enum(["a", "b"])).check(z.minLength(1), z.maxLength(50))],
    ["unions", z.union([z.string(), z.array(z.string()), z.null()])],
    [
      "unions by a member",
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("a") }),
        z.strictObject({ type: z.literal("b"), b: z.int() }),
      ]),
    ],
    [
      "members that may be absent, and defaults",
      z.strictObject({ a: z.optional(z.boolean()), b: z._default(z.int(), 3) }),
    ],
    ["any JSON", z.unknown()],
    ["what stands in itself", tree],
    ["tuples", z.tuple([z.string(), z.nullable(z.int())])],
  ])("finds nothing in %s", (_, schema) => {
    expect(differenceOf(schema)).toBeUndefined()
  })
})
