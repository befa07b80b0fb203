import { describe, expect, it } from "vitest"
import { z } from "zod"
import { builtinAdapters } from "../../adapters/manifest.ts"
import type { ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import { describeConfig, parseConfig } from "./config.ts"
import type { PlanInput } from "./plan.ts"

const adapterOf = (optionsSchema: unknown, more: object = {}) => ({
  service: "mail",
  name: "mail",
  contractVersion: 1,
  schemes: ["mail"],
  optionsSchema,
  create: () => ({}),
  ...more,
})

const inputOf = (optionsSchema: unknown, url: string, config: object = {}): PlanInput =>
  ({
    services: { a: "mail" },
    adapters: [adapterOf(optionsSchema)],
    env: { A_URL: url },
    config: { a: config },
  }) as unknown as PlanInput

async function issuesOf(input: PlanInput): Promise<string[]> {
  const error = (await parseConfig(input).catch((reason: unknown) => reason)) as ServiceError
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  const issues = (error.details?.["issues"] ?? []) as ErrorIssue[]
  return issues.map(({ message, path }) => `${path}: ${message}`)
}

async function optionsOf(schema: unknown, query: string): Promise<unknown> {
  const [planned] = await parseConfig(inputOf(schema, `mail:?${query}`))
  return planned?.options
}

const cache = (url: string) => issuesOf({ services: ["cache"], adapters: builtinAdapters, env: { CACHE_URL: url } })
const percent = (part: string) =>
  `CACHE_URL: The ${part} must not have a % that begins no encoded character; write % as %25`
const hash = "CACHE_URL: The URL must not have a #, behind which nothing is read; write # as %23"

describe("a URL that cannot be read in part", () => {
  it("is told with what is wrong in the rest of it", async () => {
    expect(await cache("memory:?eviction=l%&nope=1")).toEqual([
      percent("query"),
      expect.stringMatching(/^CACHE_URL\?nope: unknown option; /),
    ])
    expect(await cache("redis://ada:%zz@host/%zz?nope=1")).toEqual([
      percent("password"),
      percent("path"),
      expect.stringMatching(/^CACHE_URL\?nope: unknown option; /),
    ])
  })

  it.each(["redis://ada:12#secret@h", "redis://h#", "redis://h/0?timeoutMs=5#x", "memory:#x"])(
    "is %s, of which a # would drop something",
    async (url) => expect(await cache(url)).toContain(hash),
  )

  it("says nothing of what it may have said", async () => {
    const schema = z.strictObject({ host: z.string(), size: z.number() })
    expect(await issuesOf(inputOf(schema, "mail://%zz@h?size=x"))).toEqual([
      expect.stringMatching(/^A_URL: The user /),
      "A_URL?size: must be a number; got a string",
    ])
  })
})

describe("an option that a URL does not give", () => {
  const schema = z.strictObject({ name: z.string() })
  const whole = z
    .strictObject({ name: z.string().optional() })
    .refine(({ name }) => name !== undefined, "must be named")

  it("is told to the URL, where there is nothing but the URL", async () => {
    expect(await issuesOf(inputOf(schema, "mail:"))).toEqual(["A_URL (name): must be a string; got undefined"])
    expect(await issuesOf(inputOf(whole, "mail:"))).toEqual(["A_URL: must be named"])
  })

  it("and else to the configuration", async () => {
    const config = { options: { name: undefined } }
    expect(await issuesOf(inputOf(whole, "mail:", config))).toEqual(["config.a.options: must be named"])
  })
})

describe("a query", () => {
  const list = z.array(z.number())

  it.each<[string, unknown, string, unknown]>([
    ["collects a list", z.strictObject({ a: list }), "a=1&a=2,3", { a: [1, 2, 3] }],
    ["may give an empty list", z.strictObject({ a: list }), "a=", { a: [] }],
    ["takes the last of else", z.strictObject({ a: z.number() }), "a=1&a=2", { a: 2 }],
    ["is read before a transform", z.strictObject({ a: z.number().transform((a) => a + 1) }), "a=1", { a: 2 }],
    ["is read after a preprocess", z.strictObject({ a: z.preprocess((a) => a, list) }), "a=1", { a: [1] }],
    ["is read of a lazy schema", z.lazy(() => z.strictObject({ a: z.lazy(() => z.boolean()) })), "a=1", { a: true }],
    ["is read of a union", z.union([z.strictObject({ b: list }), z.strictObject({ a: list })]), "a=1", { a: [1] }],
    [
      "is read of whichever form fits",
      z.union([z.strictObject({ a: z.string().length(9) }), z.strictObject({ a: list })]),
      "a=1",
      { a: [1] },
    ],
    [
      "is read of an intersection",
      z.intersection(z.object({ a: list }), z.object({ b: z.boolean() })),
      "a=1&b=0",
      { a: [1], b: false },
    ],
    ["is read of a record", z.record(z.string(), z.number()), "a=1", { a: 1 }],
    ["is read under a whole transform", z.strictObject({ a: list }).transform(({ a }) => a.length), "a=1&a=2", 2],
  ])("%s", async (_, schema, query, options) => expect(await optionsOf(schema, query)).toEqual(options))
})

describe("an unknown option", () => {
  const object = z.strictObject({ a: z.string().optional() })
  const other = z.strictObject({ b: z.string().optional() })

  it.each<[string, unknown, string]>([
    ["a transform", object.transform((value) => value), "; the options are a"],
    ["a lazy schema", z.lazy(() => object), "; the options are a"],
    ["a union", z.union([object, z.strictObject({ b: z.number() })]), "; the options are a, b"],
    ["a record of words", z.partialRecord(z.enum(["a", "b"]), z.string()), "; the options are a, b"],
    ["an intersection", z.intersection(object, other), "; the options are a, b"],
    ["an object without options", z.strictObject({}), "; there are none"],
  ])("of %s names the others", async (_, schema, others) => {
    expect(await issuesOf(inputOf(schema, "mail:?nope=1"))).toEqual([`A_URL?nope: unknown option${others}`])
  })

  it("names none where they cannot be known", async () => {
    const self: z.ZodType = z.lazy(() => self)
    const schema = z.union([object, z.string().transform((text) => text)])
    expect(await issuesOf(inputOf(z.intersection(schema, other), "mail:?nope=1"))).toContain(
      "A_URL?nope: unknown option",
    )
    const nested = z.strictObject({ a: z.strictObject({ b: z.string().optional() }).array() })
    const config = { options: { a: [{ nope: 1 }] } }
    expect(await issuesOf(inputOf(nested, "mail:", config))).toEqual([
      "config.a.options.a.0.nope: unknown option; the options are b",
    ])
  })
})

it("describes whatever can be an option, and never throws", async () => {
  const circle: Record<string, unknown> = { secret: "hunter2" }
  circle["self"] = circle
  const bare: unknown = Object.assign(Object.create(null), { pwd: "hunter2", list: ["redis://ada:hunter2@h"] })
  const hostile = {
    toJSON: () => circle["self"],
    get loud() {
      throw new Error("hunter2")
    },
  }
  const options = { circle, bare, hostile, size: 5n, none: null, at: ["https://hunter2@h/"], date: new Date(0) }
  const input = inputOf(z.looseObject({}), "mail:", { options })
  const text = String(await describeConfig(input))
  expect(text).not.toContain("hunter2")
  expect(text.split("\n").slice(1)).toEqual([
    '  circle = {"secret":"***","self":"(circular)"} (config.a.options.circle)',
    '  bare = {"pwd":"***","list":["redis://ada:***@h"]} (config.a.options.bare)',
    "  hostile = (not shown) (config.a.options.hostile)",
    "  size = 5n (config.a.options.size)",
    "  none = null (config.a.options.none)",
    '  at = ["https://***@h/"] (config.a.options.at)',
    "  date = (Date) (config.a.options.date)",
  ])
  expect(
    String(
      await describeConfig(
        inputOf(
          z.object({}).transform(() => null),
          "mail:",
        ),
      ),
    ),
  ).toBe("a: mail (A_URL, mail:)")
})
