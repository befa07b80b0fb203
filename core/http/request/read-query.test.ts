import { isDeepStrictEqual } from "node:util"
import * as fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import * as z from "zod/mini"
import type { $ZodType } from "zod/v4/core"
import { checkOf } from "../../foundation/http/check-of.ts"
import type { Route } from "../../foundation/http/route.ts"
import { apiOfEveryService } from "../openapi/every-service.fixture.ts"
import { valuesOf } from "../openapi/json-values.fixture.ts"
import { Schemas } from "../openapi/schemas.ts"
import { queryReader } from "./read-query.ts"

/** A query as the document says that it must be written: a list is its parameter once for each member. */
function written(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))
  return new URLSearchParams(pairs).toString()
}

/** A value of the query that is read as another one, or undefined. */
function misread(query: $ZodType): string | undefined {
  const schemas = new Schemas()
  const read = queryReader(query)
  const values = valuesOf(schemas.add(query, "input", "query"), schemas.components()).map((value) => {
    // A list of none is a parameter that is not there, and -0 is 0.
    const members = Object.entries(JSON.parse(JSON.stringify(value)))
    return Object.fromEntries(members.filter(([, member]) => !(Array.isArray(member) && member.length === 0)))
  })
  const property = fc.property(values, (value) => isDeepStrictEqual({ ...read(written(value)) }, value))
  const { counterexample, failed, seed } = fc.check(property, { numRuns: 500 })
  return failed ? `${JSON.stringify(counterexample)}, seed ${seed}` : undefined
}

describe("the query of each route", () => {
  let routes: readonly (Route & { query: $ZodType })[]
  beforeAll(async () => {
    routes = (await apiOfEveryService())
      .routes()
      .flatMap((route) => (route.query ? [{ ...route, query: route.query }] : []))
  })

  it("is read as it was written", () => {
    expect(routes.length).toBeGreaterThan(0)
    const found = routes.map(({ operationId, query }) => [operationId, misread(query)])
    expect(found.filter(([, difference]) => difference !== undefined)).toEqual([])
  })

  it("refuses what comes twice and is no list", () => {
    const scalars = routes.flatMap(({ operationId, query }) => {
      const { names } = new Schemas().addObject(query, operationId)
      return Object.entries(names).flatMap(([name, { type }]) => (type === "array" ? [] : [{ name, query }]))
    })
    expect(scalars.length).toBeGreaterThan(0)
    for (const { name, query } of scalars) {
      const twice = queryReader(query)(`${name}=1&${name}=1`)
      expect(() => checkOf(query, "query")(twice)).toThrow(`query.${name}: must be `)
    }
  })
})

describe("a query is read by its schema", () => {
  const schema = z.strictObject({
    text: z.optional(z.string()),
    number: z.optional(z.number()),
    whole: z._default(z.int(), 3),
    flag: z.optional(z.boolean()),
    texts: z.optional(z.array(z.string())),
    numbers: z.optional(z.array(z.int())),
    flags: z.optional(z.array(z.boolean())),
    one: z.optional(z.enum(["a", "b"])),
  })
  const read = queryReader(schema)

  it("for texts, numbers, booleans and lists of these", () => {
    expect(misread(schema)).toBeUndefined()
  })

  it.each([
    ["", {}],
    ["numbers=1", { numbers: [1] }],
    ["texts=&texts=2", { texts: ["", "2"] }],
    ["number=-1.5e3&whole=7", { number: -1500, whole: 7 }],
    ["flag=true&flags=false&flags=no", { flag: true, flags: [false, "no"] }],
    ["text=true&text=1", { text: ["true", "1"] }],
    ["number=&whole=0x10", { number: "", whole: "0x10" }],
    ["other=1&toString=2", { other: "1", toString: "2" }],
  ])("%j", (query, values) => {
    expect(read(query)).toEqual(values)
  })

  it.each(["texts", "other"])("at once where %s comes 20,000 times", { timeout: 4000 }, (name) => {
    expect(read(`${name}=&`.repeat(20_000))[name]).toHaveLength(20_000)
  })

  it("of which the schema refuses what does not fit", () => {
    expect(() => checkOf(schema, "query")(read("whole=1.5&flag=1&text=a&text=b&other=1"))).toThrow(
      /query\.text: .*query\.whole: .*query\.flag: .*query\.other: /,
    )
  })
})
