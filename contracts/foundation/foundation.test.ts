import { describe, expect, it } from "vitest"
import { createManualClock, systemClock } from "./clock.ts"
import { ServiceError } from "./errors.ts"
import { intercept } from "./methods.ts"
import { plainDataIssue } from "./plain-data.ts"
import { utf8Length } from "./text.ts"

describe("ServiceError", () => {
  it("is recognised by its marker, not its class", () => {
    const error = new ServiceError("TIMEOUT", "late")
    expect(ServiceError.is(error)).toBe(true)
    expect(ServiceError.is(Object.assign(new Error("late"), { code: "TIMEOUT", name: "ServiceError" }))).toBe(false)
    expect([undefined, null, "TIMEOUT", {}].some((value) => ServiceError.is(value))).toBe(false)
  })

  it("is retryable for three codes", () => {
    expect(new ServiceError("UNAVAILABLE", "down").retryable).toBe(true)
    expect(new ServiceError("LIMIT_EXCEEDED", "large").retryable).toBe(false)
  })

  it("keeps its cause out of JSON", () => {
    const error = new ServiceError("INTERNAL", "failed", { adapter: "redis", cause: new Error("password") })
    expect(error.cause).toBeInstanceOf(Error)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "ServiceError",
      code: "INTERNAL",
      message: "failed",
      retryable: false,
      adapter: "redis",
    })
  })
})

describe("manual clock", () => {
  it("fires timers in the order of their time, also those that timers start", async () => {
    const clock = createManualClock(0)
    const fired: string[] = []
    clock.setTimeout(() => fired.push(`b ${clock.now()}`), 20)
    clock.setTimeout(() => {
      fired.push(`a ${clock.now()}`)
      clock.setTimeout(() => fired.push(`c ${clock.now()}`), 15)
    }, 10)
    clock.setTimeout(() => fired.push("cancelled"), 5).cancel()
    await clock.advance(24)
    expect(fired).toEqual(["a 10", "b 20"])
    await clock.advance(1)
    expect(fired).toEqual(["a 10", "b 20", "c 25"])
  })

  it("lets a sleeper go on, or end by its signal", async () => {
    const clock = createManualClock()
    const slept = clock.sleep(50).then(() => "slept")
    const controller = new AbortController()
    const aborted = clock.sleep(1000, controller.signal).catch((error: unknown) => error)
    controller.abort()
    await clock.advance(50)
    expect(await slept).toBe("slept")
    expect(await aborted).toMatchObject({ code: "ABORTED" })
    await expect(systemClock.sleep(1000, AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" })
  })
})

describe("intercept", () => {
  const calls: string[] = []
  const watch = <T extends object>(target: T) =>
    intercept(target, ({ method }, proceed) => {
      calls.push(method)
      return proceed()
    })

  it("stands in front of private members, frozen objects and calls through this", () => {
    class Counter {
      #count = 0
      get size() {
        return this.#count
      }
      add() {
        this.#count++
        return this
      }
      addTwice() {
        return this.add().add()
      }
    }
    const counter = watch(Object.freeze(new Counter()))
    counter.add()
    counter.addTwice()
    expect(counter.size).toBe(3)
    expect(calls).toEqual(["add", "addTwice"])
    expect(counter).toBeInstanceOf(Counter)
    expect(counter.add).toBe(counter.add)
    expect("addTwice" in counter).toBe(true)
  })

  it("shows own properties to what copies or compares, the methods among them in front", () => {
    const object = watch(Object.freeze({ name: "a", read: () => "text" }))
    const copy = { ...object }
    expect(Object.keys(object)).toEqual(["name", "read"])
    expect(copy).toEqual({ name: "a", read: object.read })
    calls.length = 0
    expect(copy.read()).toBe("text")
    expect(calls).toEqual(["read"])
  })
})

describe("plain data", () => {
  it.each([
    [{ a: [1, { b: undefined }] }, "value.a[1].b is undefined"],
    [new Map([["k", () => 1]]), "value<entry> is a function"],
    [{ when: new (class Moment extends Date {})() }, "value.when is an instance of Moment"],
    [{ [Symbol("s")]: 1 }, "value has a symbol as key"],
  ])("names what is not", (value, issue) => {
    expect(plainDataIssue(value, "value")).toBe(issue)
  })

  it.each([null, 0, "", 1n, Number.NaN, new Date(), Buffer.from("x"), Object.create(null), [[new Set([1])]]])(
    "accepts %o",
    (value) => {
      expect(plainDataIssue(value, "value")).toBeUndefined()
    },
  )
})

describe("utf8Length", () => {
  it.each(["", "ascii", "é", "鍵", "🔑", "a🔑é鍵", "\ufeff"])("agrees with the encoder for %j", (text) => {
    expect(utf8Length(text)).toBe(Buffer.byteLength(text))
  })
})
