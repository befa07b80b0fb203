import { describe, expect, it } from "vitest"
import { z } from "zod"
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { createRedisCache } from "../../adapters/cache/redis.ts"
import { builtinAdapters } from "../../adapters/manifest.ts"
import { defineAdapter } from "../../contracts/adapter.ts"
import type { ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import { unknownOption } from "../../contracts/foundation/text.ts"
import { parseConfig } from "./config.ts"
import type { PlanInput } from "./plan.ts"

/** The message, and the issues as text. */
async function refusal(run: () => unknown): Promise<{ issues: string[]; text: string }> {
  const error = (await Promise.resolve()
    .then(run)
    .catch((reason: unknown) => reason)) as ServiceError
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  const issues = error.details?.["issues"] as ErrorIssue[]
  return { issues: issues.map(({ message, path }) => `${path}: ${message}`), text: JSON.stringify(error) }
}

const plan = (env: Record<string, string>, config: object = {}, adapters: PlanInput["adapters"] = builtinAdapters) =>
  parseConfig({ services: ["cache"], adapters, env, config: { cache: config } })

describe("an unknown option", () => {
  const memory = unknownOption(["maxEntries", "maxBytes", "maxValueBytes", "eviction", "defaultTtl", "freeze"])

  it("is refused in the same words wherever it was given", async () => {
    const colour = { colour: "red" }
    expect((await refusal(() => plan({ CACHE_URL: "memory:?colour=red" }))).issues).toEqual([
      `CACHE_URL?colour: ${memory}`,
    ])
    expect((await refusal(() => plan({}, { options: colour }))).issues).toEqual([
      `config.cache.options.colour: ${memory}`,
    ])
    expect((await refusal(() => createMemoryCache(colour as object))).issues).toEqual([`colour: ${memory}`])
    expect((await refusal(() => plan({}, { ...colour, enabled: true, tiers: [], invalidation: [] }))).issues).toEqual([
      expect.stringMatching(/^config.cache.colour: unknown option; the options are adapter, url, options, enabled, /),
    ])
    expect((await refusal(() => plan({}, colour))).issues).toEqual([
      expect.stringMatching(/^config.cache.colour: unknown option; the options are adapter, url, options, enabled, /),
    ])
    const search = { services: ["search"], adapters: builtinAdapters, config: { search: colour as object } }
    expect((await refusal(() => parseConfig(search))).issues).toEqual([
      expect.stringMatching(/^config.search.colour: unknown option; the options are adapter, url, options, provider, /),
    ])
  })

  it("of a part of a document names the options of that part", async () => {
    const tier = { name: "near", type: "memory", colour: "red" }
    expect((await refusal(() => plan({}, { enabled: true, tiers: [tier], invalidation: [] }))).issues).toEqual([
      `config.cache.tiers.0.colour: ${unknownOption(["name", "type", "maxSize", "ttl", "strategy", "warmup"])}`,
    ])
  })

  it.each(["toString", "__proto__", "constructor"])("may be called %s", async (name) => {
    const { issues } = await refusal(() => plan({ CACHE_URL: `memory:?${name}=1` }))
    expect(issues).toEqual([`CACHE_URL?${name}: ${memory}`])
  })

  it("is refused beside a schema's own check", async () => {
    const { issues } = await refusal(() => createRedisCache({ colour: "red" } as object))
    expect(issues).toEqual([expect.stringMatching(/^colour: unknown option; the options are host, port, username, /)])
  })
})

describe("a malformed percent sign in a URL", () => {
  const file = defineAdapter({
    service: "cache",
    name: "file",
    contractVersion: 1,
    schemes: ["file"],
    optionsSchema: z.strictObject({}),
    fromUrl: ({ href }) => {
      throw new Error(`cannot read ${href}`)
    },
    create: () => ({}),
  })
  const text = (part: string) => `The ${part} must not have a % that begins no encoded character; write % as %25`

  it.each([
    ["redis://hunter2:%zz@host", "password"],
    ["redis://%hunter2@host", "user"],
    ["redis://:hunter2%FF@host", "password"],
    ["redis://host/%zz", "path"],
    ["redis://host?keyPrefix=hunter2%zz", "query"],
    ["memory:?eviction=%", "query"],
  ])("%s is refused with the variable, and without a secret", async (url, part) => {
    const fromEnvironment = await refusal(() => plan({ CACHE_URL: url }))
    expect(fromEnvironment.issues).toEqual([`CACHE_URL: ${text(part)}`])
    expect((await refusal(() => plan({}, { url }))).issues).toEqual([`config.cache.url: ${text(part)}`])
    expect(fromEnvironment.text).not.toContain("hunter2")
  })

  it("and whatever else an adapter cannot read are the variable's fault", async () => {
    const { issues, text } = await refusal(() => plan({ CACHE_URL: "file:///hunter2" }, {}, [file]))
    expect(issues).toEqual(["CACHE_URL: must be a URL that the adapter file can read"])
    expect(text).not.toContain("hunter2")
  })

  it("does not keep what is well formed from being read", async () => {
    const [planned] = await plan({ CACHE_URL: "redis://ad%40min:100%25@host?keyPrefix=a%2Fb" })
    expect(planned?.options).toMatchObject({ username: "ad@min", password: "100%", keyPrefix: "a/b" })
  })
})

describe("configuration of an instance", () => {
  it("is refused where it is of another type", async () => {
    const config = { adapter: 5, options: ["hunter2"] }
    const { issues, text } = await refusal(() => plan({}, config))
    expect(issues).toEqual([
      "config.cache.adapter: must be a string; got a number",
      "config.cache.options: must be an object; got an array",
    ])
    expect(text).not.toContain("hunter2")
  })

  it("takes what is undefined as not said", async () => {
    const config = { adapter: undefined, url: undefined, options: undefined, tiers: undefined, colour: undefined }
    expect(await plan({ CACHE_URL: "memory:?maxEntries=5" }, config)).toMatchObject([{ options: { maxEntries: 5 } }])
  })
})
