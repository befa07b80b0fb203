import { deserialize, serialize } from "node:v8"
import { describe, expect, it } from "vitest"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { intercept } from "../../contracts/foundation/methods.ts"
import { type Message, RpcEndpoint } from "./rpc-endpoint.ts"

type Method = (...args: never[]) => unknown

/** Two sides in one process; messages are copied as between two. `call` calls a method of `root`. */
function pair(root: Record<string, Method>) {
  const carry = (to: () => RpcEndpoint) => (message: Message) => {
    const copy = deserialize(serialize(message))
    queueMicrotask(() => to().receive(copy))
  }
  const near = new RpcEndpoint({ send: carry(() => far) })
  const far: RpcEndpoint = new RpcEndpoint({ send: carry(() => near), handles: true, root })
  return { near, far, call: (method: string, ...args: unknown[]) => near.call(0, method, args) }
}

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const values = []
  for await (const value of stream) values.push(value)
  return values
}

describe("functions", () => {
  it("run where they are from, with what they are given, and answer", async () => {
    const { call } = pair({ apply: (work: (value: unknown) => unknown) => work({ at: new Date(0) }) })
    expect(await call("apply", ({ at }: { at: Date }) => new Map([["at", at]]))).toEqual(new Map([["at", new Date(0)]]))
  })

  it("may be members of an object of options", async () => {
    const { call } = pair({ apply: ({ work }: { work: Method }) => work(...([2] as never[])) })
    expect(await call("apply", { more: [1], work: (count: number) => count * 2 })).toBe(4)
  })

  it("answer out of order", async () => {
    const { call } = pair({
      race: async (work: (name: string) => Promise<string>) => {
        const order: string[] = []
        await Promise.all(["first", "second"].map((name) => work(name).then((answer) => order.push(answer))))
        return order
      },
    })
    let secondRan = () => {}
    const second = new Promise<void>((resolve) => {
      secondRan = resolve
    })
    const order = await call("race", async (name: string) => {
      if (name === "first") await second
      else setImmediate(secondRan)
      return name
    })
    expect(order).toEqual(["second", "first"])
  })

  it("are the same each time, so that a listener is found again", async () => {
    const listeners = new Set<Method>()
    const { call } = pair({
      on: (listener: Method) => void listeners.add(listener),
      off: (listener: Method) => listeners.delete(listener),
    })
    const one = () => {}
    await call("on", one)
    await call("on", () => {})
    expect(await call("off", one)).toBe(true)
    expect(listeners.size).toBe(1)
  })

  it("may throw where nobody awaits them", async () => {
    const { call } = pair({ emit: (listener: Method) => void listener() })
    let heard = 0
    await call("emit", () => {
      heard++
      throw new Error("not heard")
    })
    expect(heard).toBe(1)
  })

  it("are themselves again where they come back", async () => {
    const { call } = pair({ echo: (value: unknown) => value })
    const work = () => {}
    expect(await call("echo", work)).toBe(work)
  })

  it("may be results", async () => {
    let stopped = false
    const { call } = pair({
      start: () => () => {
        stopped = true
      },
    })
    const stop = (await call("start")) as () => Promise<void>
    await stop()
    expect(stopped).toBe(true)
  })
})

describe("errors", () => {
  it("of services keep their code and details", async () => {
    const { call } = pair({ apply: (work: Method) => work() })
    const details = { left: 3 }
    const failing = call("apply", () => {
      throw new ServiceError("RATE_LIMITED", "Later.", { details })
    })
    await expect(failing).rejects.toMatchObject({ code: "RATE_LIMITED", message: "Later.", details, retryable: true })
  })

  it("of other kinds keep their name and message", async () => {
    const { call } = pair({
      fail: () => {
        throw new RangeError("too far")
      },
    })
    await expect(call("fail")).rejects.toMatchObject({ name: "RangeError", message: "too far" })
  })

  it("may be arguments", async () => {
    const { call } = pair({
      tell: (listener: (error: unknown) => unknown) => listener(new ServiceError("CORRUPT", "x")),
    })
    expect(await call("tell", (error: unknown) => ServiceError.is(error) && error.code)).toBe("CORRUPT")
  })

  it("say that a method is not there", async () => {
    await expect(pair({}).call("none")).rejects.toThrow("client.none is not a function")
  })

  it.each([
    ["a symbol", Symbol("x"), "got a symbol at arguments.0.value"],
    ["an instance of a class", new (class Point {})(), "got an instance of Point at arguments.0.value"],
    ["a function in a map", new Map([["a", () => {}]]), "got a function at arguments.0.value.0.1"],
  ])("say that %s cannot be sent", async (_, value, message) => {
    const { call } = pair({ take: () => true })
    const refused = call("take", { value })
    await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) })
  })

  it("say that a result cannot be sent", async () => {
    await expect(pair({ give: () => Symbol("x") }).call("give")).rejects.toThrow("got a symbol at result")
  })
})

describe("signals", () => {
  it("abort on the other side, with their reason", async () => {
    const seen: AbortSignal[] = []
    const { call } = pair({ take: ({ signal }: { signal: AbortSignal }) => void seen.push(signal) })
    const controller = new AbortController()
    await call("take", { signal: controller.signal })
    expect(seen[0]?.aborted).toBe(false)
    controller.abort(new Error("enough"))
    await expect.poll(() => seen[0]?.reason).toMatchObject({ message: "enough" })
  })

  it("may be many, without a warning of too many listeners", async () => {
    const warnings: unknown[] = []
    const warn = (warning: unknown) => warnings.push(warning)
    process.on("warning", warn)
    const { call } = pair({ take: () => 1 })
    for (let count = 0; count < 20; count++) await call("take", new AbortController().signal)
    await new Promise((resolve) => setImmediate(resolve))
    process.removeListener("warning", warn)
    expect(warnings).toEqual([])
  })

  it("arrive aborted where they were", async () => {
    const { call } = pair({ take: (signal: AbortSignal) => [signal.aborted, signal.reason.name] })
    expect(await call("take", AbortSignal.abort())).toEqual([true, "AbortError"])
  })
})

describe("handles", () => {
  class Upload {
    readonly id = "a"
    readonly #parts: string[] = []
    get size() {
      return this.#parts.length
    }
    async add(part: string) {
      this.#parts.push(part)
      return this
    }
    parts() {
      return this.#parts
    }
  }

  it("call back, and have the data of the object, private members kept", async () => {
    const { call } = pair({ start: () => new Upload() })
    const upload = (await call("start")) as Upload
    expect([upload.id, upload.size]).toEqual(["a", 0])
    expect(await upload.add("one")).toBe(upload)
    expect(upload.size).toBe(1)
    expect(await upload.parts()).toEqual(["one"])
  })

  it("may be inside a result", async () => {
    const { call } = pair({ list: () => ({ items: [{ name: "a", read: async () => "text" }] }) })
    const { items } = (await call("list")) as { items: { name: string; read(): Promise<string> }[] }
    expect(items[0]?.name).toBe("a")
    expect(await items[0]?.read()).toBe("text")
  })

  it("may have a layer in front", async () => {
    const object = { name: "a", read: async () => "text" }
    const { call } = pair({ get: () => intercept(object, (_, proceed) => proceed()) })
    const handle = (await call("get")) as typeof object
    expect(handle.name).toBe("a")
    expect(await handle.read()).toBe("text")
  })

  it("may refer to themselves", async () => {
    const handle = { read: () => "text", self: undefined as unknown }
    handle.self = handle
    const { call } = pair({ open: () => handle })
    const opened = (await call("open")) as { read(): Promise<string>; self: { read(): Promise<string> } }
    expect([await opened.read(), await opened.self.read()]).toEqual(["text", "text"])
  })

  it("are the object itself where they come back", async () => {
    const upload = new Upload()
    const { call } = pair({ start: () => upload, isSame: (given: unknown) => given === upload })
    expect(await call("isSame", await call("start"))).toBe(true)
  })
})

describe("streams", () => {
  it("are walked at once, or awaited first", async () => {
    const { call } = pair({
      async *keys() {
        yield "a"
        yield "b"
      },
    })
    expect(await all(call("keys"))).toEqual(["a", "b"])
    expect(await all((await call("keys")) as AsyncIterable<unknown>)).toEqual(["a", "b"])
  })

  it("fail where they are walked", async () => {
    const { call } = pair({
      // biome-ignore lint/correctness/useYield: it fails before the first
      async *keys() {
        throw new Error("broken")
      },
    })
    await expect(all(call("keys"))).rejects.toThrow("broken")
  })

  it("end where nobody walks on", async () => {
    let ended = false
    const { call } = pair({
      async *keys() {
        try {
          for (;;) yield "a"
        } finally {
          ended = true
        }
      },
    })
    for await (const _ of call("keys")) break
    expect(ended).toBe(true)
  })

  it("that are readable stay so", async () => {
    const { call } = pair({ read: () => new Blob(["text"]).stream() })
    expect(await new Response((await call("read")) as ReadableStream<Uint8Array>).text()).toBe("text")
  })
})

describe("release", () => {
  it("forgets what the other side reached", async () => {
    const stubs: Method[] = []
    const { call, near } = pair({ on: (stub: Method) => void stubs.push(stub), emit: () => stubs[0]?.() })
    await call("on", () => {}, new AbortController().signal)
    expect(near.size).toBe(2)
    near.release()
    expect(near.size).toBe(0)
    await expect(call("emit")).rejects.toMatchObject({ code: "CLOSED" })
  })

  it("comes with the end, after which handlers that run answer nobody", async () => {
    const { call, near } = pair({ apply: (work: Method) => work() })
    let finish = () => {}
    let running = false
    const work = () => {
      running = true
      return new Promise<void>((resolve) => {
        finish = resolve
      })
    }
    const applied = call("apply", work)
    await expect.poll(() => running).toBe(true)
    near.end()
    finish()
    await expect(applied).rejects.toMatchObject({ code: "TIMEOUT" })
    await expect(call("apply", work)).rejects.toMatchObject({ code: "CLOSED" })
    expect(near.size).toBe(0)
  })
})
