import type { SpanAttributes, SpanAttributeValue } from "../../../contracts/tracing/tracing.ts"
import type { Checks } from "../../engine/checks.ts"
import { show } from "../../engine/show.ts"
import { clause, receivedSpan, type TracingClient, type TracingWorld } from "../clause.ts"
import { type Given, giving, givingAll } from "../ways.ts"

/** What each way makes of these, and how many it drops. */
async function becomes(
  t: Checks,
  tracing: TracingClient,
  world: TracingWorld,
  given: unknown,
  want: Given,
  ways = giving,
): Promise<void> {
  for (const [way, give] of ways) {
    const { attributes, dropped } = await give(tracing, world, given)
    for (const key of new Set([...Object.keys(want.attributes), ...Object.keys(attributes)])) {
      t.equal(own(attributes, key), own(want.attributes, key), `${key} by ${way}`)
    }
    if (dropped !== undefined) t.equal(dropped, want.dropped ?? 0, `attributes that were dropped, by ${way}`)
  }
}

/** A member of its own, `__proto__` too. */
function own(attributes: SpanAttributes, key: string): unknown {
  return Object.getOwnPropertyDescriptor(attributes, key)?.value
}

/** Names values by what they are. */
function named(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, index) => [`${index} ${show(value)}`.slice(0, 40), value]))
}

function turnedInto(pairs: readonly (readonly [given: unknown, want: SpanAttributeValue])[]): [object, SpanAttributes] {
  const names = Object.keys(named(pairs.map(([given]) => given)))
  return [
    Object.fromEntries(names.map((name, index) => [name, pairs[index]?.[0]])),
    Object.fromEntries(names.map((name, index) => [name, pairs[index]?.[1] as SpanAttributeValue])),
  ]
}

const VALUES: readonly SpanAttributeValue[] = [
  ...["text", "", " blank ", "Grüße, 世界 😀", "line\nbreak\ttab", "NaN", "null", "0", "[1,2]"],
  ...[true, false],
  ...[0, 1, -1, 1.5, -0.25, 1e-7, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 53],
  ...[2 ** 62, -(2 ** 62), 0.1 + 0.2, 1.5e-300],
  ...[["a", "b", "a"], ["Grüße", ""], [1, 2.5, -3], [3], [true, false, true], [false], []],
]

const NOT_FINITE: readonly (readonly [unknown, SpanAttributeValue])[] = [
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
  [[Number.NaN], ["NaN"]],
  [
    [1.5, Number.NaN, 2],
    ["1.5", "NaN", "2"],
  ],
  [
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["Infinity", "-Infinity"],
  ],
]

const LARGE: readonly (readonly [unknown, SpanAttributeValue])[] = [
  [0n, "0"],
  [42n, "42"],
  [-42n, "-42"],
  [2n ** 64n, "18446744073709551616"],
  [2 ** 63, "9223372036854775808"],
  [-(2 ** 63), "-9223372036854775808"],
  [2 ** 64, "18446744073709551616"],
  [1e21, "1000000000000000000000"],
  [1e300, BigInt(1e300).toString()],
  [
    [1n, 2n],
    ["1", "2"],
  ],
  [
    [2 ** 63, 1],
    ["9223372036854775808", "1"],
  ],
]

const FORMLESS: readonly unknown[] = [
  ...[null, undefined, {}, { a: 1 }, new Date(1500), new Map([["a", 1]]), new Error("no value"), Symbol("symbol")],
  ...[() => 1, new Uint8Array([1]), [["a"]], [{}], [null], [undefined], ["a", 1], [1, "a"], [true, 1], [1, 2n]],
  ...[["a", null], [1, undefined], [1, Number.NaN, "a"], [Symbol("symbol")]],
]

const OBJECT_NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length"]

/** TRACING-ATTR: values and names. */
export const attributesClauses = [
  clause("TRACING-ATTR-01", {
    why: "Traces are searched by the values of attributes, and summed up by them.",
    fix: "Hand them on as they are, an integer as an integer and an empty list as a list.",
    async check(t, tracing, world) {
      const given = named(VALUES)
      await becomes(t, tracing, world, given, { attributes: given as SpanAttributes })
    },
  }),
  clause("TRACING-ATTR-02", {
    why: "JSON has no form for them, and a receiver refuses the whole batch for one null.",
    fix: "Turn them into the text NaN, Infinity or -Infinity, and with them the other numbers of their list.",
    async check(t, tracing, world) {
      const [given, attributes] = turnedInto(NOT_FINITE)
      await becomes(t, tracing, world, given, { attributes })
    },
  }),
  clause("TRACING-ATTR-03", {
    why: "OTLP has 64 bits for an integer: a larger one costs the batch, or comes back as another number.",
    fix: "Write them as decimal digits, of a number by BigInt(number).toString().",
    async check(t, tracing, world) {
      const [given, attributes] = turnedInto(LARGE)
      await becomes(t, tracing, world, given, { attributes })
    },
  }),
  clause("TRACING-ATTR-04", {
    why: "An object that is sent all the same is [object Object], a null costs the batch, and silence hides that something is missing.",
    fix: "Take text, booleans, numbers, BigInts and lists of one of these; count everything else as dropped.",
    async check(t, tracing, world) {
      for (const value of FORMLESS) {
        const given = { before: 1, formless: value, after: "kept" }
        await becomes(t, tracing, world, given, { attributes: { before: 1, after: "kept" }, dropped: 1 })
      }
      const all = { ...named(FORMLESS), kept: true }
      await becomes(t, tracing, world, all, { attributes: { kept: true }, dropped: FORMLESS.length })
    },
  }),
  clause("TRACING-ATTR-05", {
    why: "Receivers refuse an attribute without a name, and with it what was sent along.",
    fix: "Drop and count an attribute whose name is empty or no text.",
    async check(t, tracing, world) {
      await becomes(t, tracing, world, { "": "no name", kept: 1 }, { attributes: { kept: 1 }, dropped: 1 })
      const span = tracing.startSpan("no names")
      for (const name of ["", undefined, null, 42, {}]) span.setAttribute(name as string, "no name")
      span.setAttribute("kept", 1).end()
      const received = await receivedSpan(tracing, world, "no names")
      t.equal(received.attributes, { kept: 1 }, "attributes by setAttribute")
      t.equal(received.dropped.attributes, 5, "dropped by setAttribute")
    },
  }),
  clause("TRACING-ATTR-06", {
    why: "A status that is known later would stand beside the guess, or behind it.",
    fix: "Replace the value of a name, of whatever kind it was, and count it once.",
    async check(t, tracing, world) {
      const span = tracing.startSpan("replaced", { attributes: { one: 1, two: "start", three: true, four: 4 } })
      span.setAttribute("one", 2).setAttribute("one", "three")
      span.setAttributes({ two: "first" }).setAttributes({ two: ["last"], three: false })
      span.setAttributes({ five: 1 }).setAttribute("five", 2)
      span.setAttribute("six", 1).setAttributes({ six: 6.5 })
      span.end()
      const received = await receivedSpan(tracing, world, "replaced")
      t.equal(received.attributes, { one: "three", two: ["last"], three: false, four: 4, five: 2, six: 6.5 })
      t.equal(received.dropped.attributes, 0, "dropped")
    },
  }),
  clause("TRACING-ATTR-09", {
    why: "A lazy member that fails would take the span with it, or the request.",
    fix: "Read each member in a try of its own.",
    async check(t, tracing, world) {
      const given = {
        before: 1,
        get bad(): string {
          throw new Error("This getter throws.")
        },
        get good() {
          return "read"
        },
        after: [1, 2],
      }
      const want = { attributes: { before: 1, good: "read", after: [1, 2] }, dropped: 1 }
      await becomes(t, tracing, world, given, want, givingAll)
    },
  }),
  clause("TRACING-ATTR-10", {
    why: "Names come from users too: one that means something to objects is lost, or changes every object of the process.",
    fix: "Keep attributes in a Map or in an object without a prototype.",
    async check(t, tracing, world) {
      const attributes = Object.fromEntries(OBJECT_NAMES.map((name) => [name, `of ${name}`]))
      await becomes(t, tracing, world, attributes, { attributes })
      const lists = Object.fromEntries(OBJECT_NAMES.map((name) => [name, ["a", name]]))
      await becomes(t, tracing, world, lists, { attributes: lists })
      await becomes(t, tracing, world, {}, { attributes: {} })
      t.equal(({} as { of?: unknown }).of, undefined, "a new object")
      t.equal(Object.keys(Object.prototype), [], "members of all objects")
    },
  }),
  clause("TRACING-ATTR-12", {
    why: "Whoever moves a line from the start of a span to its end would change what is found.",
    fix: "Let all of them go through the same function.",
    async check(t, tracing, world) {
      const all = {
        ...named([...VALUES, ...FORMLESS, ...NOT_FINITE.map(([value]) => value), ...LARGE.map(([value]) => value)]),
        "": "no name",
        long: "x".repeat(5000),
      }
      let first: Given | undefined
      for (const [way, give] of giving) {
        const given = await give(tracing, world, all)
        first ??= given
        t.equal({ ...given.attributes }, { ...first.attributes }, `attributes by ${way}`)
        if (given.dropped !== undefined) t.equal(given.dropped, first.dropped, `dropped by ${way}`)
      }
    },
  }),
]
