import { describe, expect, it } from "vitest"
import { z } from "zod"
import { z as z3 } from "zod/v3"
import { builtinAdapters } from "../../adapters/manifest.ts"
import type { ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import { createServices, createTestServices } from "../services.ts"
import { parseConfig } from "./config.ts"
import type { PlanInput } from "./plan.ts"

async function refusalOf(run: () => Promise<unknown>): Promise<ServiceError> {
  const error: unknown = await run().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: "INVALID_CONFIG" })
  expect(JSON.stringify(error)).not.toContain("hunter2")
  return error as ServiceError
}

function issuesOf({ details }: ServiceError): string[] {
  return ((details?.["issues"] ?? []) as ErrorIssue[]).map(({ message, path }) => `${path}: ${message}`)
}

/** The issues of an input, of which any part may be of any form. */
async function issues(input: object): Promise<string[]> {
  return issuesOf(await refusalOf(() => parseConfig({ adapters: builtinAdapters, env: {}, ...input } as PlanInput)))
}

const hole = Object.assign(new Array<string>(1), { 1: "cache" })

describe("a selection is refused", () => {
  it.each<[string, unknown, string]>([
    ["a text", "cache", "services: must be a list or an object of services; got a string"],
    [
      "a Map",
      new Map([["cache", "cache"]]),
      "services: must be a list or an object of services; got an instance of Map",
    ],
    ["a Set", new Set(["cache"]), "services: must be a list or an object of services; got an instance of Set"],
    ["a number", 5, "services: must be a list or an object of services; got a number"],
    ["null", null, "services: must be a list or an object of services; got null"],
    ["an empty list", [], "services: must name at least one service; got none"],
    ["an empty object", {}, "services: must name at least one service; got none"],
    ["a hole", hole, "services.0: must be a string; got undefined"],
    ["a symbol", { a: Symbol("hunter2") }, "services.a: must be a string; got a symbol"],
    [
      "a URL",
      ["redis://ada:hunter2@h"],
      "services.…: must be one of the services, which are cache, queue, search, storage, tracing; got another string",
    ],
  ])("that is or has %s", async (_, services, issue) => expect(await issues({ services })).toEqual([issue]))

  it.each<[string, unknown, string]>([
    ["a text", "cache", "required: must be a list of names; got a string"],
    ["a Set", new Set(["cache"]), "required: must be a list of names; got an instance of Set"],
    ["an object", { cache: true }, "required: must be a list of names; got an object"],
    ["a hole", hole, "required.0: must be a string; got undefined"],
  ])("whose required is or has %s", async (_, required, issue) => expect(await issues({ required })).toEqual([issue]))

  it("whose names are those of the services object of a test", async () => {
    const services = { clock: "cache", advance: "cache", ready: "cache" } as const
    const error = await refusalOf(() => createTestServices({ adapters: builtinAdapters, services }))
    expect(issuesOf(error).map((issue) => issue.split(":")[0])).toEqual([
      "services.clock",
      "services.advance",
      "services.ready",
    ])
    const { close } = await createServices({ adapters: builtinAdapters, services: { clock: "cache" }, env: {} })
    await close()
  })
})

class Settings {
  readonly url = "memory:"
}

describe("configuration is refused", () => {
  it.each<[string, unknown, string]>([
    ["a number", 5, "a number"],
    ["null", null, "null"],
    ["a text", "hunter2", "a string"],
    ["a Map", new Map(), "an instance of Map"],
    ["a function", () => {}, "a function"],
    ["a list", [], "an array"],
    ["an instance", new Settings(), "an instance of Settings"],
    ["an heir", Object.create({ cache: {} }), "an object that inherits"],
  ])("that is %s, at every level", async (_, value, kind) => {
    const services = ["cache"]
    const message = `must be an object; got ${kind}`
    expect(await issues({ services, config: value })).toEqual([`config: ${message}`])
    expect(await issues({ services, config: { cache: value } })).toEqual([`config.cache: ${message}`])
    expect(await issues({ services, config: { cache: { options: value } } })).toEqual([
      `config.cache.options: ${message}`,
    ])
  })

  it("but has no prototype to have", async () => {
    const bare = (members: object) => Object.assign(Object.create(null), members) as Record<string, object>
    const config = bare({ cache: bare({ options: bare({ maxEntries: 5 }) }) })
    const planned = await parseConfig({
      services: { cache: "cache", toString: "cache" },
      adapters: builtinAdapters,
      config,
    })
    expect(planned).toMatchObject([{ options: { maxEntries: 5 } }, { chosenBy: "default" }])
  })

  it("with all else that is wrong with it", async () => {
    const config = { cache: { colour: 1, adapter: "pigeon", options: { shade: 1 } } }
    expect(await issues({ services: ["cache"], config })).toMatchObject([
      expect.stringMatching(/^config.cache.colour: unknown option; the options are /),
      "config.cache.adapter: unknown adapter pigeon; the adapters are memory, lru-cache, redis",
    ])
    const options = { cache: { colour: 1, options: { shade: 1, maxEntries: "many" } } }
    expect((await issues({ services: ["cache"], config: options })).map((issue) => issue.split(":")[0])).toEqual([
      "config.cache.colour",
      "config.cache.options.maxEntries",
      "config.cache.options.shade",
    ])
  })
})

const plain = {
  service: "mail",
  name: "memory",
  contractVersion: 1,
  schemes: ["memory", "mail"],
  optionsSchema: z.strictObject({}) as unknown,
  create: (): unknown => ({}),
}

/** What is told of an adapter, beside an unknown service. */
async function told(adapter: unknown, more: object = {}): Promise<{ issue: string; cause: unknown }> {
  const input = { adapters: [adapter, plain], services: { a: "pigeon", mail: "mail" }, env: {}, ...more }
  const error = await refusalOf(() => createServices(input as never))
  const [other, ...rest] = issuesOf(error).sort(
    (a, b) => Number(b.startsWith("services.a")) - Number(a.startsWith("services.a")),
  )
  expect(other).toMatch(/^services\.a: unknown service pigeon/)
  expect(rest).toHaveLength(1)
  return { issue: rest[0] ?? "", cause: error.cause }
}

const fault = new Error("hunter2")
const fails = () => {
  throw fault
}

describe("an adapter is refused beside all else", () => {
  const lazy = (load: () => unknown) => ({ service: "mail", name: "lazy", schemes: ["lazy"], load })
  const byUrl = { env: { MAIL_URL: "lazy:" } }

  it.each<[string, unknown, string]>([
    ["nothing", null, "adapters.0: must be an adapter; got null"],
    ["a text", "redis", "adapters.0: must be an adapter; got a string"],
    ["without a name", { ...plain, name: undefined }, "adapters.0.name: must be a string; got undefined"],
    ["without schemes", { ...plain, schemes: "mail" }, "adapters.0.schemes: must be a list of strings; got a string"],
    ["that creates nothing", { ...plain, create: 5 }, "adapters.0.create: must be a function; got a number"],
  ])("that is %s", async (_, adapter, issue) => expect((await told(adapter)).issue).toBe(issue))

  it.each<[string, () => unknown, string, unknown]>([
    ["fails", async () => fails(), "The adapter lazy could not be loaded; see cause", fault],
    ["throws", fails, "The adapter lazy could not be loaded; see cause", fault],
    ["gives nothing", async () => undefined, "The adapter lazy must load its definition; got undefined", undefined],
    [
      "gives no create",
      async () => ({ optionsSchema: {} }),
      "The adapter lazy must have a function create; got undefined",
      undefined,
    ],
  ])("whose load %s", async (_, load, message, cause) => {
    expect(await told(lazy(load), byUrl)).toEqual({ issue: `MAIL_URL: ${message}`, cause })
  })

  it.each<[string, object, string]>([
    ["needs are no list", { needs: "queue" }, "The adapter memory must have a list of strings as needs; got a string"],
    [
      "needs are no texts",
      { needs: [Symbol("a")] },
      "The adapter memory must have a list of strings as needs; got an array",
    ],
    ["fromUrl is no function", { fromUrl: {} }, "The adapter memory must have a function as fromUrl; got an object"],
  ])("whose %s", async (_, part, message) => {
    expect(await issues({ adapters: [{ ...plain, ...part }] })).toEqual([`services.mail: ${message}`])
  })

  it("whose getter throws, as that of a configuration", async () => {
    const thrower = (key: string) => Object.defineProperty({}, key, { enumerable: true, get: fails })
    expect((await told(thrower("name"))).issue).toBe("adapters.0: A getter of the adapter throws; see cause")
    const message = "A getter of the object throws; see cause"
    expect(await issues({ config: thrower("cache") })).toEqual([`config: ${message}`])
    expect(await issues({ config: { cache: thrower("url") } })).toEqual([`config.cache: ${message}`])
    const config = { cache: { options: thrower("size") } }
    expect(await issues({ config })).toEqual([`config.cache.options: ${message}`])
  })

  const run = "The optionsSchema of the adapter memory could not be run; see cause"
  it.each<[string, unknown, string, unknown]>([
    ["is missing", undefined, "The adapter memory must have an optionsSchema; got undefined", undefined],
    ["is a text", "hunter2", "The adapter memory must have an optionsSchema; got a string", undefined],
    ["is no schema", {}, run, expect.any(TypeError)],
    [
      "is async",
      z.strictObject({}).refine(async () => true),
      "The optionsSchema of the adapter memory must not be async",
      expect.anything(),
    ],
    [
      "answers later",
      { safeParse: async () => fails() },
      "The optionsSchema of the adapter memory must not be async",
      expect.anything(),
    ],
    ["transforms and throws", z.strictObject({}).transform(fails), run, fault],
    ["has a default that throws", z.strictObject({ a: z.string().default(fails) }), run, fault],
    ["is made and throws", z.lazy(fails), run, fault],
  ])("whose optionsSchema %s", async (_, optionsSchema, message, cause) => {
    const input = { adapters: [{ ...plain, optionsSchema }], services: { a: "pigeon", mail: "mail" } }
    const error = await refusalOf(() => createServices({ ...input, env: { MAIL_URL: "mail:" } } as never))
    expect(issuesOf(error)).toEqual([expect.stringMatching(/^services.a/), `MAIL_URL: ${message}`])
    expect(error.cause).toEqual(cause)
  })

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["a string", "hunter2"],
  ])("that creates %s", async (kind, made) => {
    const input = { adapters: [{ ...plain, create: async () => made }], env: {} }
    const error = await refusalOf(() => createServices(input as never))
    expect(issuesOf(error)).toEqual([`services.mail: The adapter memory must create an object; got ${kind}`])
  })
})

describe("a schema of zod 3", () => {
  const schema = z3.object({ size: z3.number().default(3), mode: z3.enum(["a", "b"]).optional() }).strict()
  const adapter = { ...plain, optionsSchema: schema }

  it("checks options and gives its defaults", async () => {
    const input = { adapters: [adapter], config: { mail: { options: { mode: "a" } } } } as unknown as PlanInput
    expect(await parseConfig(input)).toMatchObject([{ options: { size: 3, mode: "a" } }])
  })

  it("says what is wrong in its own words, and shows no value", async () => {
    const options = { size: "much", mode: "hunter2", colour: "red" }
    expect(await issues({ adapters: [adapter], config: { mail: { options } } })).toEqual([
      "config.mail.options.size: Expected number, received string",
      "config.mail.options.mode: must be another value; got another string",
      "config.mail.options.colour: unknown option",
    ])
  })
})

describe("fromUrl", () => {
  it("is called on its definition", async () => {
    class Definition {
      readonly service = "mail"
      readonly name = "mail"
      readonly contractVersion = 1
      readonly schemes = ["mail"]
      readonly optionsSchema = z.strictObject({ host: z.string() })
      readonly #port = 25
      fromUrl({ hostname }: URL) {
        return { host: `${hostname}:${this.#port}` }
      }
      create() {
        return {}
      }
    }
    const input = { adapters: [new Definition()], env: { MAIL_URL: "mail://h" } } as unknown as PlanInput
    expect(await parseConfig(input)).toMatchObject([{ options: { host: "h:25" } }])
  })

  it("keeps the error that it throws as the cause", async () => {
    const { cause, issue } = await told({ ...plain, name: "mail", fromUrl: fails }, { env: { MAIL_URL: "memory://h" } })
    expect(issue).toBe("MAIL_URL: must be a URL that the adapter mail can read")
    expect(cause).toBe(fault)
  })

  it.each<[string, () => unknown]>([
    ["a string", () => "hunter2"],
    ["an array", () => []],
    ["an instance of Promise", async () => fails()],
    ["an instance of Settings", () => new Settings()],
  ])("must not give %s", async (kind, fromUrl) => {
    const { issue } = await told({ ...plain, name: "mail", fromUrl }, { env: { MAIL_URL: "memory://h" } })
    expect(issue).toBe(`MAIL_URL: The fromUrl of the adapter mail must return an object; got ${kind}`)
  })
})

it("of a name that may be a secret shows nothing", async () => {
  const secret = "redis://ada:hunter2@host"
  const config = (cache: object) => issues({ services: ["cache"], config: { cache } })
  const must = "must be one of the adapters, which are memory, lru-cache, redis; got another string"
  expect(await config({ adapter: secret })).toEqual([`config.cache.adapter: ${must}`])
  expect(await config({ [secret]: 1 })).toEqual([expect.stringMatching(/^config\.cache\.…: unknown option/)])
  expect(await config({ options: { [secret]: 1 } })).toEqual([expect.stringMatching(/^config\.cache\.options\.…: /)])
  expect(await issues({ env: { CACHE_URL: "memory:?hunter2:x@host=1" } })).toEqual([
    expect.stringMatching(/^CACHE_URL\?…: unknown option/),
  ])
})
