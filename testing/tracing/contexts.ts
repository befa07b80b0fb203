import type { TraceContext } from "../../contracts/tracing/span.ts"

/** Where a span of another process stands. */
export const REMOTE: TraceContext = Object.freeze({
  traceId: "5d1f0c8a93b74e26a1c0de5512f3b98e",
  spanId: "c3a8f0917be24d56",
  sampled: true,
})

/** The same for another trace. */
export const OTHER: TraceContext = Object.freeze({
  traceId: "e07b41d2f6a98c35470b9d81c2e5a6f3",
  spanId: "19d4c6b20f8e7a35",
  sampled: true,
})

/** The ids of a context and its flag: what every adapter gives alike. */
export function placeOf(
  context: TraceContext | undefined,
): Pick<TraceContext, "traceId" | "spanId" | "sampled"> | undefined {
  return context && { traceId: context.traceId, spanId: context.spanId, sampled: context.sampled }
}

/** The `traceparent` of a context. */
export function traceparentOf({ sampled, spanId, traceId }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
}

/** Contexts that stand for none. */
export const malformedContexts: readonly (readonly [what: string, context: unknown])[] = [
  ["a trace id of zeros", { ...REMOTE, traceId: "0".repeat(32) }],
  ["a span id of zeros", { ...REMOTE, spanId: "0".repeat(16) }],
  ["a trace id in upper case", { ...REMOTE, traceId: REMOTE.traceId.toUpperCase() }],
  ["a span id in upper case", { ...REMOTE, spanId: REMOTE.spanId.toUpperCase() }],
  ["a trace id of 31 digits", { ...REMOTE, traceId: REMOTE.traceId.slice(1) }],
  ["a span id of 17 digits", { ...REMOTE, spanId: `${REMOTE.spanId}0` }],
  ["a trace id with a line end", { ...REMOTE, traceId: `${REMOTE.traceId}\n` }],
  ["a trace id that is a list", { ...REMOTE, traceId: [REMOTE.traceId] }],
  ["no trace id", { spanId: REMOTE.spanId, sampled: true }],
  ["no span id", { traceId: REMOTE.traceId, sampled: true }],
  ["no member", {}],
  ["a text", traceparentOf(REMOTE)],
  ["a number", 42],
  [
    "a getter that throws",
    {
      get traceId() {
        throw new Error("no trace id")
      },
    },
  ],
]

/** Headers as they come from another process. */
export type GivenCarrier = Readonly<Record<string, string | readonly string[] | undefined>>
