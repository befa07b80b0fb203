import type { RecordedEvent, SpanHandle } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, receivedSpan, type TracingClient, type TracingWorld } from "../clause.ts"
import { making, nothing } from "../ways.ts"

const MAX = 128

/** The events of a span that is made by each way. */
async function* eventsOfEach(
  tracing: TracingClient,
  world: TracingWorld,
  use: (span: SpanHandle) => unknown,
  what = "",
) {
  for (const [way, make] of making) {
    const name = `${way} ${what}`
    await make(tracing, name, {}, use)
    const { dropped, events, status } = await receivedSpan(tracing, world, name)
    yield { way, events, dropped: dropped.events, status }
  }
}

function attributeOf(event: RecordedEvent | undefined, name: string): unknown {
  return event?.attributes[`exception.${name}`]
}

/** Each is the cause of the one before, and all are of code that is deep, so that their stacks are long. */
function chainOf(length: number): Error {
  let error: Error | undefined
  for (let number = length; number >= 1; number--) error = thrownDeepInTheCodeOfALibrary(`cause ${number}.`, error)
  return thrownDeepInTheCodeOfALibrary("the last to be thrown.", error)
}

function thrownDeepInTheCodeOfALibrary(message: string, cause: Error | undefined, depth = 10): Error {
  if (depth > 0) return thrownDeepInTheCodeOfALibrary(message, cause, depth - 1)
  return cause === undefined ? new Error(message) : new Error(message, { cause })
}

/** Has one event of an exception, with a type. */
async function isRecorded(
  t: Checks,
  tracing: TracingClient,
  world: TracingWorld,
  thrown: unknown,
  what: string,
): Promise<RecordedEvent[]> {
  const recorded: RecordedEvent[] = []
  const use = (span: SpanHandle) => {
    try {
      span.recordException(thrown).setAttribute("after", "kept")
    } catch {
      t.ok(false, `recordException of ${what} threw`)
    }
  }
  for await (const { events, way } of eventsOfEach(tracing, world, use, what)) {
    t.equal(
      events.map(({ name }) => name),
      ["exception"],
      `${way}: events after recordException of ${what}`,
    )
    const type = attributeOf(events[0], "type")
    t.ok(typeof type === "string" && type !== "", `${way}: the type of ${what} is ${String(type)}`)
    recorded.push(...events)
  }
  return recorded
}

const UNREADABLE = new Proxy(new Error("unreadable"), {
  get() {
    throw new Error("No member can be read.")
  },
  has() {
    throw new Error("No member can be asked for.")
  },
  getPrototypeOf() {
    throw new Error("It has no prototype.")
  },
})

const THROWING_MEMBERS = Object.defineProperties(
  {},
  Object.fromEntries(
    ["name", "message", "stack", "cause", "code"].map((name) => [
      name,
      {
        get() {
          throw new Error(`${name} cannot be read.`)
        },
      },
    ]),
  ),
)

/** TRACING-EVENT. */
export const eventsClauses = [
  clause("TRACING-EVENT-01", {
    why: "Events are the log of a span: they are read from top to bottom.",
    fix: "Keep them in a list, each with the time of its call.",
    waits: true,
    async check(t, tracing, world) {
      const use = async (span: SpanHandle) => {
        span.addEvent("first").addEvent("second", { key: "Grüße", list: [1, 2] })
        await world.pass(world.step)
        span.addEvent("third", { key: 3 }).addEvent("first", {})
      }
      for (const [way, make] of making) {
        await make(tracing, way, {}, use)
        const { endTime, events, startTime } = await receivedSpan(tracing, world, way)
        t.equal(
          events.map(({ attributes, name }) => [name, { ...attributes }]),
          [
            ["first", {}],
            ["second", { key: "Grüße", list: [1, 2] }],
            ["third", { key: 3 }],
            ["first", {}],
          ],
          `${way}: events`,
        )
        const times = events.map(({ time }) => time)
        t.equal(
          times,
          times.toSorted((one, other) => one - other),
          `${way}: times in their order`,
        )
        t.ok(
          times.every((time) => time >= startTime && time <= endTime),
          `${way}: a time is outside of the span`,
        )
        const between = (times[2] ?? 0) - (times[1] ?? 0)
        t.ok(
          between >= world.step * 1000 - 2,
          `${way}: ${between} ms passed between two events, want ${world.step * 1000}`,
        )
        if (world.manualTime) t.ok(between <= world.step * 1000 + 2, `${way}: ${between} ms between two events`)
      }
    },
  }),
  clause("TRACING-EVENT-02", {
    why: "A loop that logs to its span would fill the memory, and the end of it is what tells why it failed.",
    fix: "Drop the first event when there are 129, and count it.",
    async check(t, tracing, world) {
      const named = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) => `event ${from + index}`)
      const add = (count: number) => (span: SpanHandle) => {
        for (const name of named(0, count)) span.addEvent(name)
      }
      for await (const { dropped, events, way } of eventsOfEach(tracing, world, add(MAX), "few")) {
        t.equal(
          events.map(({ name }) => name),
          named(0, MAX),
          `${way}: 128 events`,
        )
        t.equal(dropped, 0, `${way}: dropped of 128`)
      }
      for await (const { dropped, events, way } of eventsOfEach(tracing, world, add(MAX + 5), "many")) {
        t.equal(
          events.map(({ name }) => name),
          named(5, MAX + 5),
          `${way}: 133 events`,
        )
        t.equal(dropped, 5, `${way}: dropped of 133`)
      }
      const failing = (span: SpanHandle) => {
        add(MAX)(span)
        span.recordException(new Error("the last"))
      }
      for await (const { dropped, events, way } of eventsOfEach(tracing, world, failing, "failing")) {
        t.equal(
          [events.length, events[0]?.name, events.at(-1)?.name],
          [MAX, "event 1", "exception"],
          `${way}: an exception`,
        )
        t.equal(dropped, 1, `${way}: dropped for an exception`)
      }
    },
  }),
  clause("TRACING-EVENT-03", {
    why: "Receivers group errors by the type and show the rest.",
    fix: "Add an event exception with exception.type, exception.message and exception.stacktrace; the type is the name of the error.",
    async check(t, tracing, world) {
      class OutOfStock extends Error {
        override readonly name = "OutOfStock"
      }
      const named = Object.assign(new Error("renamed"), { name: "Renamed" })
      const coded = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
      const errors: readonly [error: Error, type: string][] = [
        [new Error("plain"), "Error"],
        [new TypeError("Grüße, 世界"), "TypeError"],
        [new OutOfStock("none left"), "OutOfStock"],
        [named, "Renamed"],
        [coded, "Error"],
        [new DOMException("stopped", "AbortError"), "AbortError"],
      ]
      for (const [error, type] of errors) {
        for (const event of await isRecorded(t, tracing, world, error, error.message)) {
          t.equal(attributeOf(event, "type"), type, `the type of ${type}`)
          t.equal(attributeOf(event, "message"), error.message, `the message of ${type}`)
          const [first = "", second = ""] = (error.stack ?? "").split("\n")
          const stack = String(attributeOf(event, "stacktrace"))
          t.ok(
            stack.startsWith(first) && stack.includes(second.trim()),
            `the stack of ${type} is ${stack.slice(0, 200)}`,
          )
        }
      }
    },
  }),
  clause("TRACING-EVENT-04", {
    why: "The last error says that a page failed; the first one says that a disk is full.",
    fix: "Write the stack of each cause behind that of the error, up to five, and see that all of them fit.",
    async check(t, tracing, world) {
      const told = async (error: unknown, what: string) => {
        const [event] = await isRecorded(t, tracing, world, error, what)
        return String(attributeOf(event, "stacktrace"))
      }
      for (const length of [1, 5]) {
        const stack = await told(chainOf(length), `${length} causes`)
        t.ok(stack.includes("the last to be thrown."), `${length} causes: the error itself is not named`)
        let at = 0
        for (let number = 1; number <= length; number++) {
          const found = stack.indexOf(`cause ${number}.`, at)
          t.ok(found > 0, `${length} causes: cause ${number} is not named behind the one before`)
          at = found
        }
      }
      const seven = await told(chainOf(7), "7 causes")
      t.ok(seven.includes("cause 5.") && !seven.includes("cause 6."), "of seven causes not five are named")
      const text = await told(new Error("outer.", { cause: "a cause that is text" }), "a cause of another kind")
      t.ok(text.includes("outer.") && text.includes("a cause that is text"), "a cause that is text is not named")
      const ring = new Error("ring.")
      ring.cause = ring
      t.ok((await told(ring, "a ring of causes")).includes("ring."), "an error that is its own cause")
    },
  }),
  clause("TRACING-EVENT-05", {
    why: "Libraries throw text, and promises reject with nothing: tracing must not throw another error in their place.",
    fix: "Read each member in a try, and take the kind of the value for its type.",
    async check(t, tracing, world) {
      const thrown: readonly [what: string, value: unknown, message?: string][] = [
        ["text", "out of stock", "out of stock"],
        ["null", null],
        ["undefined", undefined],
        ["a number", 42, "42"],
        ["a BigInt", 42n, "42"],
        ["a boolean", false, "false"],
        ["a symbol", Symbol("thrown")],
        ["an empty object", {}],
        ["an object with a message", { message: "plain" }, "plain"],
        ["members of other kinds", { name: 1, message: {}, stack: [], code: {} }],
        ["a list", ["a"]],
        ["a function", nothing],
        ["an object without a prototype", Object.create(null)],
        ["an object whose members throw", THROWING_MEMBERS],
        ["an object that throws at everything", UNREADABLE],
      ]
      for (const [what, value, message] of thrown) {
        for (const event of await isRecorded(t, tracing, world, value, what)) {
          if (message !== undefined) t.equal(attributeOf(event, "message"), message, `the message of ${what}`)
          for (const each of Object.values(event.attributes)) {
            t.equal(typeof each, "string", `the kind of an attribute of ${what}`)
          }
        }
      }
    },
  }),
  clause("TRACING-EVENT-06", {
    why: "An error that was handled is no failure of the request.",
    fix: "Add the event, and leave the status to setStatus.",
    async check(t, tracing, world) {
      const before: readonly [what: string, use: (span: SpanHandle) => unknown, status: object][] = [
        ["none", nothing, { code: "unset" }],
        ["ok", (span) => span.setStatus("ok"), { code: "ok" }],
        ["error", (span) => span.setStatus("error", "of before"), { code: "error", message: "of before" }],
      ]
      for (const [what, use, want] of before) {
        const record = (span: SpanHandle) => {
          use(span)
          span.recordException(new Error("handled"))
        }
        for await (const { events, status, way } of eventsOfEach(tracing, world, record, what)) {
          const { code, message } = status
          t.equal({ code, ...(message !== undefined && { message }) }, want, `${way}: the status, which was ${what}`)
          t.equal(events.length, 1, `${way}: events`)
        }
      }
    },
  }),
]
