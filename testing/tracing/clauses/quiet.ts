import type { SpanHandle } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { clause, receivedOf, receivedSpan, type TracingClient } from "../clause.ts"
import { REMOTE } from "../contexts.ts"
import { circular, hostileValues, unreadableOptions } from "../hostile.ts"
import { endingOf, quietly } from "../outcomes.ts"

/** Options in which one part is hostile. */
function optionsWith(value: unknown): readonly (readonly [part: string, options: unknown])[] {
  return [
    ["options", value],
    ["kind", { kind: value }],
    ["parent", { parent: value }],
    ["trace id of the parent", { parent: { ...REMOTE, traceId: value } }],
    ["trace state of the parent", { parent: { ...REMOTE, traceState: value } }],
    ["baggage of the parent", { parent: { ...REMOTE, baggage: value } }],
    ["member of the baggage of the parent", { parent: { ...REMOTE, baggage: { a: value } } }],
    ["attributes", { attributes: value }],
    ["value of an attribute", { attributes: { a: value } }],
    ["member of a list in an attribute", { attributes: { a: [value] } }],
    ["links", { links: value }],
    ["link", { links: [value] }],
    ["context of a link", { links: [{ context: value }] }],
    ["attributes of a link", { links: [{ context: REMOTE, attributes: value }] }],
    ["startTime", { startTime: value }],
  ]
}

/** The span that a call gives, which must be one. */
function spanOf(t: Checks, call: () => SpanHandle, what: string): SpanHandle | undefined {
  const span = quietly(t, call, what)
  t.ok(typeof span?.end === "function", `${what}: it gave no span`)
  return span
}

/** A thing that a caller does to a span. */
type Deed = (span: SpanHandle) => unknown

/** Every method of a span, with a hostile value in each place. */
function deedsWith(value: unknown): readonly (readonly [what: string, deed: Deed])[] {
  return [
    ["setAttribute of the name", (span) => span.setAttribute(value as never, 1)],
    ["setAttribute of the value", (span) => span.setAttribute("a", value)],
    ["setAttribute of a list with the value", (span) => span.setAttribute("a", [value])],
    ["setAttributes", (span) => span.setAttributes(value as never)],
    ["setAttributes of the value", (span) => span.setAttributes({ a: value })],
    ["addEvent of the name", (span) => span.addEvent(value as never)],
    ["addEvent with attributes", (span) => span.addEvent("event", value as never)],
    ["addEvent with the value", (span) => span.addEvent("event", { a: value })],
    ["recordException", (span) => span.recordException(value)],
    ["recordException of a message", (span) => span.recordException({ name: value, message: value, stack: value })],
    ["recordException of a cause", (span) => span.recordException(new Error("no", { cause: value }))],
    ["setStatus", (span) => span.setStatus(value as never)],
    ["setStatus with a message", (span) => span.setStatus("error", value as never)],
    ["updateName", (span) => span.updateName(value as never)],
  ]
}

/** Values that one span is given, and that make a receiver refuse all that come with it. */
const costly: Readonly<Record<string, (tracing: TracingClient) => unknown>> = {
  NaN: (tracing) => tracing.startSpan("bad", { attributes: { a: Number.NaN } }).end(),
  "the infinities": (tracing) => tracing.startSpan("bad", { attributes: { a: [1 / 0, -1 / 0] } }).end(),
  "2^63": (tracing) => tracing.startSpan("bad", { attributes: { a: 2 ** 63 } }).end(),
  "-2^64": (tracing) =>
    tracing
      .startSpan("bad")
      .setAttribute("a", -(2 ** 64))
      .end(),
  "1e300": (tracing) => tracing.startSpan("bad").addEvent("event", { a: 1e300 }).end(),
  "a large BigInt": (tracing) => tracing.startSpan("bad", { attributes: { a: 2n ** 90n } }).end(),
  "a start that is no date": (tracing) => tracing.startSpan("bad", { startTime: new Date(Number.NaN) as never }).end(),
  "a start that is NaN": (tracing) => tracing.startSpan("bad", { startTime: Number.NaN }).end(),
  "a start before 1970": (tracing) => tracing.startSpan("bad", { startTime: -5000 }).end(),
  "a start that is a date before 1970": (tracing) =>
    tracing.startSpan("bad", { startTime: new Date(-5000) as never }).end(),
  "an end that is no date": (tracing) => tracing.startSpan("bad").end(new Date(Number.NaN) as never),
  "an end before 1970": (tracing) => tracing.startSpan("bad").end(-5000),
  "an end of 1e300": (tracing) => tracing.startSpan("bad").end(1e300),
  "the name 42": (tracing) => tracing.startSpan(42 as never).end(),
  "a name that is undefined": (tracing) => tracing.startSpan(undefined as never).end(),
  "a name that is null": (tracing) =>
    tracing
      .startSpan("bad")
      .updateName(null as never)
      .end(),
  "a name that is half a character": (tracing) => tracing.startSpan("bad \ud800").end(),
  "text that is half a character": (tracing) => tracing.startSpan("bad", { attributes: { "\udc00": "\ud800" } }).end(),
  "text with a NUL": (tracing) =>
    tracing
      .startSpan("bad", { attributes: { a: "\0" } })
      .setStatus("error", "\0")
      .end(),
  "a list with a hole": (tracing) => tracing.startSpan("bad", { attributes: { a: new Array(2) } }).end(),
  "a list of several kinds": (tracing) => tracing.startSpan("bad", { attributes: { a: [1, "two", null] } }).end(),
  "an object": (tracing) => tracing.startSpan("bad", { attributes: { a: { b: [1] } } }).end(),
  "an event whose name is 42": (tracing) =>
    tracing
      .startSpan("bad")
      .addEvent(42 as never)
      .end(),
  "a message that is 42": (tracing) =>
    tracing
      .startSpan("bad")
      .setStatus("error", 42 as never)
      .end(),
  "a kind that is none": (tracing) => tracing.startSpan("bad", { kind: "sideways" as never }).end(),
  "a link to nowhere": (tracing) =>
    tracing.startSpan("bad", { links: [{ context: { ...REMOTE, traceId: "" } }] }).end(),
  "a parent that is malformed": (tracing) => tracing.startSpan("bad", { parent: { ...REMOTE, spanId: "x" } }).end(),
  "a trace state that is malformed": (tracing) =>
    tracing.startSpan("bad", { parent: { ...REMOTE, traceState: "\u00e9=\u0000" } }).end(),
}

const LARGE_CHARACTERS = 10_000_000

/** An error with so many causes. */
function causes(count: number): Error {
  let error = new Error("the first")
  for (let index = 0; index < count; index++) error = new Error("the next", { cause: error })
  return error
}

function endlessCause(): Error {
  const error = new Error("its own cause")
  error.cause = error
  return error
}

/** TRACING-QUIET: nothing that a caller does breaks the host. */
export const quietClauses = [
  clause("TRACING-QUIET-01", {
    why: "A request fails for the sake of its trace.",
    fix: "Make each argument safe, and catch what a getter, a proxy or a toString throws.",
    async check(t, tracing, { capabilities }) {
      for (const [what, value] of hostileValues()) {
        const named = spanOf(t, () => tracing.startSpan(value as never), `startSpan of a name that is ${what}`)
        named?.end()
        for (const [part, options] of optionsWith(value)) {
          const how = `where ${what} is the ${part}`
          spanOf(t, () => tracing.startSpan("quiet", options as never), `startSpan ${how}`)?.end()
          const given = await endingOf(
            t,
            () => tracing.withSpan("quiet", options as never, () => 42),
            `withSpan ${how}`,
          )
          t.equal(given, { gave: 42 }, `withSpan ${how}`)
        }
        const given = await endingOf(t, () => tracing.withSpan(value as never, {}, () => 42), "withSpan")
        t.equal(given, { gave: 42 }, `withSpan of a name that is ${what}`)
        t.equal(
          quietly(t, () => tracing.run(value as never, () => 42), `run of ${what}`),
          42,
          `run of ${what}`,
        )
        quietly(t, () => tracing.inject(value as never), `inject into ${what}`)
        quietly(t, () => tracing.inject({}, value as never), `inject of ${what}`)
        quietly(t, () => tracing.extract(value as never), `extract of ${what}`)
        quietly(t, () => tracing.extract({ traceparent: value } as never), `extract of a traceparent that is ${what}`)
        if (!capabilities.spans) continue
        quietly(t, () => tracing.getSpans(value as never), `getSpans of ${what}`)
        quietly(t, () => tracing.getSpans({ name: value, traceId: value } as never), `getSpans by ${what}`)
      }
      const { ended, started } = tracing.stats()
      t.equal(ended, started, "spans that have ended, of those that were started")
    },
  }),
  clause("TRACING-QUIET-02", {
    why: "A line that describes a request breaks it.",
    fix: "Make each argument safe before anything is done with it; a span that has ended needs no argument at all.",
    uses: ["received"],
    async check(t, tracing, world) {
      const values = hostileValues()
      for (const [what, value] of values) {
        const span = tracing.startSpan("quiet")
        for (const state of ["open", "ended"]) {
          for (const [how, deed] of deedsWith(value)) {
            const given = quietly(t, () => deed(span), `${how} where it is ${what}, of a span that is ${state}`)
            t.ok(given === span, `${how} where it is ${what} does not give the span that is ${state}`)
          }
          quietly(t, () => span.end(value as never), `end where it is ${what}, of a span that is ${state}`)
        }
      }
      t.equal((await receivedOf(tracing, world)).length, values.length, "spans that were received")
    },
  }),
  clause("TRACING-QUIET-03", {
    why: "Receivers refuse a whole batch for one value: one careless line hides what all requests did.",
    fix: "Make values safe before an SDK or an exporter sees them, by the rules of TRACING-ATTR and TRACING-SPAN.",
    uses: ["received"],
    async check(t, tracing, world) {
      const bad = Object.entries(costly)
      const good = (from: number, to: number) => {
        for (let index = from; index < to; index++) tracing.startSpan(`good ${index}`).end()
      }
      good(0, 50)
      for (const [what, make] of bad) quietly(t, () => make(tracing), `a span with ${what}`)
      good(50, 100)
      const received = await receivedOf(tracing, world)
      t.equal(received.filter(({ name }) => name.startsWith("good ")).length, 100, "good spans that were received")
      t.equal(received.length, 100 + bad.length, "spans that were received")
      for (const [what, make] of bad) {
        quietly(t, () => make(tracing), `a span with ${what}`)
        tracing.startSpan(`beside ${what}`).end()
        await receivedSpan(tracing, world, `beside ${what}`)
      }
      const { dropped, exported } = tracing.stats()
      t.equal({ dropped, exported }, { dropped: 0, exported: 100 + 3 * bad.length }, "the counts")
    },
  }),
  clause("TRACING-QUIET-04", {
    why: "The work is not done because its description was wrong.",
    fix: "Begin the span without options where they cannot be read, count it once, and run the callback in it.",
    async check(t, tracing) {
      const options = unreadableOptions()
      for (const [what, given] of options) {
        let calls = 0
        const ending = await endingOf(
          t,
          () =>
            tracing.withSpan("quiet", given as never, async (span) => {
              calls++
              t.equal(tracing.activeContext()?.spanId, span.context.spanId, `the active span with ${what}`)
              await Promise.resolve()
              return "value"
            }),
          `withSpan with ${what}`,
        )
        t.equal(ending, { gave: "value" }, `withSpan with ${what}`)
        t.equal(calls, 1, `calls of the callback with ${what}`)
        const error = new Error("the callback's own")
        const failing = () => tracing.withSpan("quiet", given as never, () => Promise.reject(error))
        const failed = await endingOf(t, failing, `withSpan with ${what}`)
        t.ok("rejected" in failed && failed.rejected === error, `withSpan with ${what} hides the callback's error`)
      }
      const { ended, started } = tracing.stats()
      t.equal({ started, ended }, { started: options.length * 2, ended: options.length * 2 }, "the counts")
    },
  }),
  clause("TRACING-QUIET-05", {
    why: "A body that somebody put into an attribute blocks the process, or is sent to a receiver that refuses it.",
    fix: "Cut text before it is copied, follow no object, and stop after five causes.",
    uses: ["received"],
    async check(t, tracing, world) {
      const large = "x".repeat(LARGE_CHARACTERS)
      const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`member ${index}`, index]))
      const deeds: readonly (readonly [what: string, deed: Deed])[] = [
        ["a large attribute", (span) => span.setAttribute("a", large)],
        ["a large name of an attribute", (span) => span.setAttribute(large, 1)],
        ["a large text in a list", (span) => span.setAttribute("a", [large, large])],
        ["a large event", (span) => span.addEvent(large, { a: large })],
        ["a large exception", (span) => span.recordException(new Error(large))],
        ["a large text that is thrown", (span) => span.recordException(large)],
        ["a large message", (span) => span.setStatus("error", large)],
        ["a circle", (span) => span.setAttribute("a", circular())],
        ["a circle in a list", (span) => span.setAttribute("a", [circular()])],
        ["a circle of attributes", (span) => span.setAttributes(circular())],
        ["a circle that is thrown", (span) => span.recordException(circular())],
        ["an error that is its own cause", (span) => span.recordException(endlessCause())],
        ["an error with 10,000 causes", (span) => span.recordException(causes(10_000))],
        ["100,000 attributes", (span) => span.setAttributes(wide)],
        ["100,000 attributes of an event", (span) => span.addEvent("event", wide)],
      ]
      for (const [what, deed] of deeds) {
        const span = tracing.startSpan(what)
        quietly(t, () => deed(span), what)
        span.end()
        tracing.startSpan(`beside ${what}`).end()
      }
      tracing.startSpan(large).end()
      tracing.startSpan("renamed").updateName(`renamed ${large}`).end()
      const names = new Set((await receivedOf(tracing, world)).map(({ name }) => name))
      for (const [what] of deeds) {
        t.ok(names.has(what), `the span with ${what} was not received`)
        t.ok(names.has(`beside ${what}`), `the span beside the one with ${what} was not received`)
      }
      t.equal(names.size, deeds.length * 2 + 2, "spans that were received")
    },
  }),
]
