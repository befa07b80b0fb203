import { describe, expect, it, onTestFinished, vi } from "vitest"
import { z } from "zod"
import { builtinAdapters } from "../adapters/manifest.ts"
import { type AnyAdapterDefinition, defineAdapter, type Logger } from "../contracts/adapter.ts"
import { createServices, createTestServices } from "./services.ts"
import { tracingService } from "./tracing/service.ts"

const adapters = builtinAdapters.filter(({ name }) => name === "memory")

/** An adapter that tells what happens to it. */
function telling(service: string, told: string[], made: object = {}): AnyAdapterDefinition {
  return defineAdapter({
    service,
    name: "memory",
    contractVersion: 1,
    schemes: [],
    optionsSchema: z.strictObject({}),
    create: (_options, { name }) => {
      told.push(`create ${name}`)
      return { ...made, close: async () => void told.push(`close ${name}`) }
    },
  })
}

const untraced = { startSpan() {}, withSpan() {}, activeContext() {}, run() {}, inject() {}, extract() {} }
const quiet = { ...untraced, getConfig: () => ({ enabled: false }), stats() {}, async flush() {} }

describe("a tracing among the services", () => {
  it("has a span for each call of the others", async () => {
    const services = await createServices({ services: ["cache", "tracing"], adapters, env: {} })
    await services.cache.set("a", 1)
    expect(services.tracing.getSpans().map(({ name }) => name)).toEqual(["cache.set"])
    await services.close()
  })

  it("loads what goes around others for the first of them, and not where it is alone", async () => {
    const load = vi.spyOn(tracingService, "surround")
    onTestFinished(() => load.mockRestore())
    const alone = await createServices({ services: ["tracing"], adapters, env: {} })
    expect(load).not.toHaveBeenCalled()
    const three = await createServices({ services: ["cache", "queue", "tracing"], adapters, env: {} })
    expect(load).toHaveBeenCalledOnce()
    await Promise.all([alone.close(), three.close()])
  })

  it("is created first and closed last, wherever it is named", async () => {
    const told: string[] = []
    const services = await createServices({
      services: { cache: "cache", tracing: "tracing" },
      adapters: [telling("cache", told, { get() {} }), telling("tracing", told, quiet)],
      env: {},
    })
    await services.close()
    expect(told).toEqual(["create tracing", "create cache", "close cache", "close tracing"])
  })

  it("comes after what it uses", async () => {
    const told: string[] = []
    const user = { ...telling("tracing", told, quiet), needs: ["cache" as const] }
    const services = await createServices({
      services: { queue: "queue", tracing: "tracing", cache: "cache" },
      adapters: [telling("queue", told), user, telling("cache", told, { get() {} })],
      env: {},
    })
    expect(told).toEqual(["create cache", "create tracing", "create queue"])
    await services.close()
  })

  it("that is not enabled leaves the others as they are", async () => {
    const services = await createServices({
      services: ["cache", "tracing"],
      adapters,
      env: {},
      config: { tracing: { options: { enabled: false } } },
    })
    await services.cache.set("a", 1)
    expect(services.tracing.stats().started).toBe(0)
    await services.close()
  })

  it("is the one with the name of the service where there are several, else the first one", async () => {
    const named = await createServices({
      services: { audit: "tracing", tracing: "tracing", cache: "cache" },
      adapters,
      env: {},
    })
    await named.cache.get("a")
    expect([named.audit.stats().started, named.tracing.stats().started]).toEqual([0, 1])
    const unnamed = await createServices({
      services: { audit: "tracing", other: "tracing", cache: "cache" },
      adapters,
      env: {},
    })
    await unnamed.cache.get("a")
    expect([unnamed.audit.stats().started, unnamed.other.stats().started]).toEqual([1, 0])
    await named.close()
    await unnamed.close()
  })

  it("leaves an instance that is no portable service as it is", async () => {
    const mailer = { send: async () => "sent" }
    const mail = defineAdapter({
      service: "mail",
      name: "memory",
      contractVersion: 1,
      schemes: [],
      optionsSchema: z.strictObject({}),
      create: () => mailer,
    })
    const services = await createServices({ adapters: [mail, ...adapters], env: {} })
    expect(Reflect.get(services, "mail")).toBe(mailer)
    await services.close()
  })

  it("says what is wrong with itself alone where it cannot be made", async () => {
    const broken = { ...telling("tracing", []), create: () => Promise.reject(new Error("hunter2")) }
    const cache = adapters.filter(({ service }) => service === "cache")
    await expect(createServices({ adapters: [broken, ...cache], env: {} })).rejects.toMatchObject({
      details: { issues: [{ path: "services.tracing" }] },
    })
  })

  it.each<[string, () => unknown]>([
    ["throws", () => JSON.parse("no JSON")],
    [
      "throws where it is read",
      () => Object.defineProperty({}, "enabled", { enumerable: true, get: () => JSON.parse("") }),
    ],
    ["rejects", () => Promise.reject(new Error("late"))],
  ])("whose configuration %s leaves the others working", async (_, getConfig) => {
    const cache = adapters.filter(({ service }) => service === "cache")
    const services = await createServices({
      services: { cache: "cache", tracing: "tracing" },
      adapters: [telling("tracing", [], { ...quiet, getConfig }), ...cache],
      env: {},
    })
    await services.cache.set("a", 1)
    expect(await services.cache.get("a")).toBe(1)
    await services.close()
  })

  it("watches test services too, which keep what tests ask them", async () => {
    const services = await createTestServices({ services: ["queue", "tracing"], adapters })
    await services.queue.publish("mail", "hello")
    expect(services.queue.publishedOne("mail")).toMatchObject({ data: "hello", options: {} })
    await services.queue.subscribe("mail", () => {})
    await services.drain()
    const names = services.tracing.getSpans().map(({ name }) => name)
    expect(names).toEqual(["queue.publish", "queue.subscribe", "queue.process"])
    await services.close()
  })
})

describe("the logger of adapters", () => {
  const lines: unknown[] = []
  const logger: Logger = { debug() {}, info() {}, error() {}, warn: (...line) => void lines.push(line) }
  let given: Logger | undefined
  const cache = defineAdapter({
    service: "cache",
    name: "memory",
    contractVersion: 1,
    schemes: [],
    optionsSchema: z.strictObject({}),
    create: (_options, context) => {
      given = context.logger
      return { get() {} }
    },
  })
  const tracing = adapters.filter(({ service }) => service === "tracing")

  it("says the trace id while a span is active", async () => {
    const services = await createServices({
      services: ["cache", "tracing"],
      adapters: [cache, ...tracing],
      env: {},
      logger,
    })
    lines.length = 0
    given?.warn("outside", { key: 1 })
    await services.tracing.withSpan("request", {}, ({ context }) => {
      given?.warn("inside", { key: 1 })
      given?.warn("plain")
      expect(lines).toEqual([
        ["outside", { key: 1 }],
        ["inside", { key: 1, traceId: context.traceId }],
        ["plain", { traceId: context.traceId }],
      ])
    })
    await services.close()
  })

  it("is the given one where the tracing is not enabled", async () => {
    const config = { tracing: { options: { enabled: false } } }
    const services = await createServices({
      services: ["cache", "tracing"],
      adapters: [cache, ...tracing],
      env: {},
      logger,
      config,
    })
    expect(given).toBe(logger)
    await services.close()
  })
})
