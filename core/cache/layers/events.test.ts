import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import { createMemoryCache } from "../../../adapters/cache/memory.ts"
import { createManualClock } from "../../../contracts/foundation/clock.ts"
import { createTestServices } from "../../../index.ts"
import { bindContract } from "../../../testing/bind.ts"
import { cacheContract } from "../../../testing/cache/contract.ts"
import { defineSubject } from "../../../testing/define-subject.ts"
import { FaultPlan, withFaults } from "../../../testing/faults/with-faults.ts"
import { withRetry } from "../../foundation/retry.ts"
import { asCache } from "../portable-cache.ts"
import { deferred, TestCache, TestStore } from "../test-store.fixture.ts"
import { withEvents } from "./events.ts"

bindContract(
  { describe, it },
  cacheContract,
  defineSubject({
    service: "cache",
    name: "memory withEvents",
    open: ({ clock }) => {
      const memory = createMemoryCache({ maxValueBytes: 4 * 1024 * 1024 }, { clock })
      const cache = withEvents(memory, { emit() {} })
      return { connect: () => cache, advance: (ms) => clock.advance(ms) }
    },
  }),
)

function open() {
  const clock = createManualClock()
  const plan = new FaultPlan()
  const heard: [string, unknown][] = []
  const inner = asCache(withFaults(new TestCache(new TestStore(), clock), plan), { clock })
  const cache = withEvents(inner, { emit: (name, payload) => heard.push([name, payload]) })
  return { cache, clock, plan, heard }
}

describe("withEvents", () => {
  it("announces reads, once a key", async () => {
    const { cache, heard } = open()
    await cache.set("a", 1)
    await cache.get("a")
    await cache.get("b")
    await cache.has("a")
    await cache.getMany(["a", "b", "a"])
    expect(heard).toEqual([
      ["cache.set", { key: "a" }],
      ["cache.hit", { key: "a" }],
      ["cache.miss", { key: "b" }],
      ["cache.hit", { key: "a" }],
      ["cache.miss", { key: "b" }],
    ])
  })

  it("announces writes that did something", async () => {
    const { cache, heard } = open()
    await cache.setMany([
      ["a", 1],
      ["b", 1],
    ])
    await cache.setIfAbsent("a", 2)
    await cache.setIfAbsent("c", 2)
    await cache.increment("a")
    await cache.setTagged("d", 1, ["tag"])
    await cache.delete("absent")
    await cache.delete("a")
    await cache.take("b")
    await cache.deleteMany(["c"])
    await cache.invalidateTags(["tag"])
    await cache.clear()
    expect(heard.map(([name, payload]) => `${name} ${JSON.stringify(payload)}`)).toEqual([
      'cache.set {"key":"a"}',
      'cache.set {"key":"b"}',
      'cache.set {"key":"c"}',
      'cache.set {"key":"a"}',
      'cache.set {"key":"d"}',
      'cache.delete {"key":"a"}',
      'cache.delete {"key":"b"}',
      'cache.delete {"key":"c"}',
      'cache.invalidate {"tags":["tag"]}',
      "cache.clear {}",
    ])
  })

  it("announces shared loads and stale values", async () => {
    const { cache, clock, heard } = open()
    const slow = deferred<number>()
    const options = { ttl: 10, grace: 10 }
    const both = [1, 2].map(() => cache.getOrSet("key", () => slow.promise, options))
    await clock.advance(0)
    slow.resolve(1)
    await Promise.all(both)
    await clock.advance(10_000)
    await cache.getOrSet("key", () => Promise.reject(new Error("down")), options)
    expect(heard.map(([name]) => name)).toEqual([
      ...["cache.miss", "cache.miss", "cache.coalesced", "cache.set"],
      ...["cache.miss", "cache.stale"],
    ])
  })

  it("announces them through further layers and namespaces", async () => {
    const { cache, heard } = open()
    const outer = withRetry(cache).namespace("part")
    await Promise.all([outer.getOrSet("key", () => 1), outer.getOrSet("key", () => 2)])
    expect(heard.map(([name]) => name)).toContain("cache.coalesced")
  })

  it("announces errors by operation and code", async () => {
    const { cache, heard, plan } = open()
    plan.fail("get", "UNAVAILABLE")
    await cache.get("key").catch(() => {})
    expect(heard).toEqual([["cache.error", { operation: "get", code: "UNAVAILABLE" }]])
  })

  it("emits nothing that nobody hears, where the emitter can tell", async () => {
    const emitter = new EventEmitter()
    const emitted: string[] = []
    const { emit } = emitter
    emitter.emit = (name: string, ...rest: unknown[]) => {
      emitted.push(name)
      return emit.call(emitter, name, ...rest)
    }
    emitter.on("cache.hit", () => {})
    const cache = withEvents(createMemoryCache(), emitter)
    await cache.set("key", 1)
    await cache.get("key")
    expect(emitted).toEqual(["cache.hit"])
  })

  it("is put around the caches of services that are given events", async () => {
    const heard: string[] = []
    const { cache, close } = await createTestServices({
      services: ["cache"],
      events: { emit: (name) => heard.push(name) },
    })
    await cache.get("key")
    await close()
    expect(heard).toEqual(["cache.miss"])
  })

  it("survives a listener that throws", async () => {
    const cache = withEvents(createMemoryCache(), {
      emit() {
        throw new Error("listener")
      },
    })
    await cache.set("key", 1)
    expect(await cache.get("key")).toBe(1)
  })
})
