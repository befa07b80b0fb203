/** The ways to do the same: a clause tries each. */
import type { SpanAttributes, SpanHandle, SpanOptions, TraceContext } from "../../contracts/tracing/tracing.ts"
import { receivedSpan, type TracingClient, type TracingWorld } from "./clause.ts"

/** Makes a span that `use` works with, and that has ended when it resolves. */
type Make = (
  tracing: TracingClient,
  name: string,
  options: SpanOptions,
  use: (span: SpanHandle) => unknown,
) => Promise<SpanHandle>

/** The ways to make a span. */
export const making: readonly [way: string, make: Make][] = [
  [
    "startSpan",
    async (tracing, name, options, use) => {
      const span = tracing.startSpan(name, options)
      await use(span)
      span.end()
      return span
    },
  ],
  [
    "withSpan",
    (tracing, name, options, use) =>
      tracing.withSpan(name, options, async (span) => {
        await use(span)
        return span
      }),
  ],
]

export function nothing(): void {}

/** A context from elsewhere. */
export const ELSEWHERE: TraceContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  sampled: true,
}

/** Values that are no context. */
export const MALFORMED: readonly [what: string, context: unknown][] = [
  ["an empty object", {}],
  ["text", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
  ["a number", 42],
  ["a list", [ELSEWHERE]],
  ["ids of other kinds", { ...ELSEWHERE, traceId: 1, spanId: 2 }],
  ["no span id", { traceId: ELSEWHERE.traceId, sampled: true }],
  ["a trace id in upper case", { ...ELSEWHERE, traceId: ELSEWHERE.traceId.toUpperCase() }],
  ["a span id in upper case", { ...ELSEWHERE, spanId: ELSEWHERE.spanId.toUpperCase() }],
  ["a trace id of zeros", { ...ELSEWHERE, traceId: "0".repeat(32) }],
  ["a span id of zeros", { ...ELSEWHERE, spanId: "0".repeat(16) }],
  ["a short trace id", { ...ELSEWHERE, traceId: ELSEWHERE.traceId.slice(1) }],
  ["a long span id", { ...ELSEWHERE, spanId: `${ELSEWHERE.spanId}0` }],
  ["other letters", { ...ELSEWHERE, traceId: ELSEWHERE.traceId.replace("a", "g") }],
]

/** What came of attributes that were given. */
export interface Given {
  readonly attributes: SpanAttributes
  /** Where they are counted. */
  readonly dropped?: number
}

type Give = (tracing: TracingClient, world: TracingWorld, given: unknown) => Promise<Given>

let spans = 0

/** The ways to give several attributes at once. */
export const givingAll: readonly [way: string, give: Give][] = [
  ...making.map(([way, make]): [string, Give] => [
    `at the start of ${way}`,
    (tracing, world, given) => ofSpan(tracing, world, make, { attributes: given as SpanAttributes }, nothing),
  ]),
  [
    "setAttributes",
    (tracing, world, given) => ofSpan(tracing, world, first, {}, (span) => span.setAttributes(given as SpanAttributes)),
  ],
  [
    "an event",
    async (tracing, world, given) => {
      const name = `event ${++spans}`
      await first(tracing, name, {}, (span) => span.addEvent("event", given as SpanAttributes))
      const [event] = (await receivedSpan(tracing, world, name)).events
      return { attributes: event?.attributes ?? {} }
    },
  ],
  [
    "a link",
    async (tracing, world, given) => {
      const name = `link ${++spans}`
      await first(tracing, name, { links: [{ context: ELSEWHERE, attributes: given as SpanAttributes }] }, nothing)
      const [link] = (await receivedSpan(tracing, world, name)).links
      return { attributes: link?.attributes ?? {} }
    },
  ],
]

/** The ways to give attributes, also one by one. */
export const giving: readonly [way: string, give: Give][] = [
  ...givingAll,
  [
    "setAttribute",
    (tracing, world, given) =>
      ofSpan(tracing, world, first, {}, (span) => {
        for (const [key, value] of Object.entries(given as SpanAttributes)) span.setAttribute(key, value)
      }),
  ],
]

function first(...args: Parameters<Make>): Promise<SpanHandle> {
  return (making[0] as (typeof making)[number])[1](...args)
}

async function ofSpan(
  tracing: TracingClient,
  world: TracingWorld,
  make: Make,
  options: SpanOptions,
  use: (span: SpanHandle) => unknown,
): Promise<Given> {
  const name = `span ${++spans}`
  await make(tracing, name, options, use)
  const { attributes, dropped } = await receivedSpan(tracing, world, name)
  return { attributes, dropped: dropped.attributes }
}
