import type { TraceContext } from "../../contracts/tracing/span.ts"
import type { TracingClient } from "./clause.ts"
import { type GivenCarrier, OTHER, REMOTE, traceparentOf } from "./contexts.ts"

type Headers = Record<string, string>

/** Every way in which a context comes into a carrier. */
export const injecting: readonly (readonly [
  way: string,
  inject: (tracing: TracingClient, carrier: Headers, context: TraceContext) => Promise<void>,
])[] = [
  ["given", async (tracing, carrier, context) => tracing.inject(carrier, context)],
  [
    "given where another one is active",
    async (tracing, carrier, context) => {
      await tracing.withSpan("other", {}, () => tracing.inject(carrier, context))
    },
  ],
  [
    "given in run of another one",
    async (tracing, carrier, context) => tracing.run(OTHER, () => tracing.inject(carrier, context)),
  ],
  ["active by run", async (tracing, carrier, context) => tracing.run(context, () => tracing.inject(carrier))],
  [
    "active by run, after an await",
    (tracing, carrier, context) =>
      tracing.run(context, async () => {
        await Promise.resolve()
        tracing.inject(carrier)
      }),
  ],
]

/** The headers that are written of a context. */
export function injectedBy(tracing: TracingClient, context: TraceContext): Headers {
  const carrier: Headers = {}
  tracing.inject(carrier, context)
  return carrier
}

/** A carrier with the trace of `REMOTE`, and more. */
export function remoteCarrier(more: GivenCarrier = {}): GivenCarrier {
  return { traceparent: traceparentOf(REMOTE), ...more }
}

/** The contexts that a tracing reads of such a carrier: an active one must make no difference. */
export function extracting(
  tracing: TracingClient,
  carrier: GivenCarrier,
): readonly (readonly [where: string, context: TraceContext | undefined])[] {
  return [
    ["where none is active", tracing.extract(carrier)],
    ["where one is active", tracing.run(OTHER, () => tracing.extract(carrier))],
  ]
}
