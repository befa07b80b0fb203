import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { type TracingClauseId, tracingSentences } from "../../contracts/tracing/clauses.ts"
import type {
  ITracingService,
  ITracingSpans,
  RecordedSpan,
  TracingCapabilities,
  TracingConfig,
} from "../../contracts/tracing/tracing.ts"
import { CheckFailed, type Checks } from "../engine/checks.ts"
import { type ClauseWorld, clausesFor } from "../engine/clause.ts"

/** A tracing as clauses see it: what a clause `needs` is there. */
export type TracingClient = ITracingService & ITracingSpans & IHealthCheckable & IClosable

export type TracingWorld = ClauseWorld<TracingClient, TracingCapabilities>

export const clause = clausesFor<TracingClient, TracingCapabilities, TracingClauseId>(tracingSentences)

/** All that a client has sent, as its receiver has it, in the order of its coming. */
export async function receivedOf(tracing: TracingClient, world: TracingWorld): Promise<readonly RecordedSpan[]> {
  await tracing.flush()
  return (await world.received(tracing)) as readonly RecordedSpan[]
}

/** The only span of this name that was received. */
export async function receivedSpan(tracing: TracingClient, world: TracingWorld, name: string): Promise<RecordedSpan> {
  const spans = (await receivedOf(tracing, world)).filter((span) => span.name === name)
  const [span] = spans
  if (span === undefined || spans.length > 1) {
    throw new CheckFailed(`the receiver has ${spans.length} spans of the name ${name}, want 1`)
  }
  return span
}

/** A client that is made with keys of TracingConfig. */
export async function configured(world: TracingWorld, config: TracingConfig): Promise<TracingClient> {
  const { create, valid } = world.configuration
  return create({ ...valid, ...config })
}

/** How many of a list there are. */
export function count(t: Checks, list: readonly unknown[], want: number, what: string): void {
  t.equal(list.length, want, `${what}: how many`)
}
