/** Which span is active where a callback runs: that of whoever made it, of whoever calls it, or none. It is what Node does. */
import { EventEmitter, once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import { createMemoryTracing } from "./memory.ts"

type Seen = "creator" | "caller" | "none" | "another"

/** Runs a part in each of two spans, and tells in which one the callback that it is handed then runs. */
async function seenBy<T>(
  create: (look: () => void) => T | Promise<T>,
  call: (created: T) => unknown = () => {},
): Promise<Seen> {
  const tracing = createMemoryTracing()
  let look = (): void => {}
  const looked = new Promise<string | undefined>((resolve) => {
    look = () => resolve(tracing.activeContext()?.spanId)
  })
  const [creator, caller] = [tracing.startSpan("creator").context, tracing.startSpan("caller").context]
  // In an object, so that nobody waits for what is made.
  const { created } = await tracing.run(creator, async () => ({ created: await create(look) }))
  await tracing.run(caller, async () => void (await call(created)))
  const seen = await looked
  if (seen === undefined) return "none"
  return seen === creator.spanId ? "creator" : seen === caller.spanId ? "caller" : "another"
}

/** A stream calls nobody before it has started, and then in the span of its creator. */
async function started<T>(made: T): Promise<T> {
  await new Promise(setImmediate)
  return made
}

function pulling(look: () => void) {
  return (to: { enqueue(piece: number): void }) => {
    look()
    to.enqueue(1)
  }
}

describe("the span of whoever calls is active in", () => {
  it("a listener of an EventEmitter", async () => {
    const emitter = new EventEmitter()
    const seen = await seenBy(
      (look) => emitter.on("event", look),
      () => emitter.emit("event"),
    )
    expect(seen).toBe("caller")
  })

  it("a listener of an AbortSignal", async () => {
    const controller = new AbortController()
    const seen = await seenBy(
      (look) => controller.signal.addEventListener("abort", look),
      () => controller.abort(),
    )
    expect(seen).toBe("caller")
  })

  it("an async generator", async () => {
    async function* generate(look: () => void) {
      look()
      yield 1
    }
    const seen = await seenBy(
      (look) => ({ generator: generate(look) }),
      ({ generator }) => generator.next(),
    )
    expect(seen).toBe("caller")
  })

  it("the pull of a Web stream that a read asks for", async () => {
    const seen = await seenBy(
      async (look) => started({ stream: new ReadableStream({ pull: pulling(look) }, { highWaterMark: 0 }) }),
      ({ stream }) => stream.getReader().read(),
    )
    expect(seen).toBe("caller")
  })

  it("the transform of a Web stream that is written to and read in one span", async () => {
    const seen = await seenBy(
      async (look) => started({ stream: new TransformStream({ transform: (_piece, to) => pulling(look)(to) }) }),
      ({ stream }) => {
        void stream.writable.getWriter().write(1)
        return stream.readable.getReader().read()
      },
    )
    expect(seen).toBe("caller")
  })
})

describe("the span of whoever made it is active in", () => {
  it("the pull of a Web stream that it begins with, before anybody reads", async () => {
    const seen = await seenBy((look) => void new ReadableStream({ pull: look }))
    expect(seen).toBe("creator")
  })

  it("what follows an await of events.once", async () => {
    const emitter = new EventEmitter()
    const seen = await seenBy(
      (look) => void once(emitter, "event").then(look),
      () => emitter.emit("event"),
    )
    expect(seen).toBe("creator")
  })

  it.each([
    ["setTimeout", (look: () => void) => void setTimeout(look, 0)],
    ["setImmediate", (look: () => void) => void setImmediate(look)],
    ["queueMicrotask", queueMicrotask],
    ["process.nextTick", (look: () => void) => process.nextTick(look)],
  ])("a callback of %s", async (_name, wait) => {
    expect(await seenBy(wait)).toBe("creator")
  })

  it("a listener of unhandledRejection", async () => {
    const others = process.listeners("unhandledRejection")
    process.removeAllListeners("unhandledRejection")
    onTestFinished(() => {
      process.removeAllListeners("unhandledRejection")
      for (const other of others) process.on("unhandledRejection", other)
    })
    const seen = await seenBy((look) => {
      process.on("unhandledRejection", look)
      void Promise.reject(new Error("no"))
    })
    expect(seen).toBe("creator")
  })

  it("a request of a server: the one who called listen", async () => {
    const seen = await seenBy(
      async (look) => {
        const server = createServer((_request, response) => {
          look()
          response.end()
        }).listen(0, "127.0.0.1")
        onTestFinished(() => void server.close())
        await once(server, "listening")
        return (server.address() as AddressInfo).port
      },
      (port) => fetch(`http://127.0.0.1:${port}`),
    )
    expect(seen).toBe("creator")
  })
})

describe("no span is active in", () => {
  it("a listener of a MessagePort", async () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    const seen = await seenBy(
      (look) => port2.addEventListener("message", look),
      () => {
        port2.start()
        port1.postMessage(1)
      },
    )
    expect(seen).toBe("none")
  })
})
