import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { Lane } from "./lane.ts"

/** Messages that may start and do not for so long are not all right. */
const STALLED_MS = 60_000

/**
 * Whether messages get on. A queue is stalled where messages are due, its subscription may take them, and none has
 * started for a minute: degraded while handlers hold all slots, unhealthy where a slot is free.
 */
export function healthOf(lanes: readonly Lane[], clock: Clock): Omit<PluginHealthStatus, "latency"> {
  const stalled = lanes.filter((lane) => stalledMs(lane, clock) >= STALLED_MS)
  if (stalled.length === 0) return { status: "healthy" }
  const details = { queues: stalled.slice(0, 10).map(({ name }) => name) }
  const isIdle = ({ subscription }: Lane) => (subscription?.running.length ?? 0) < (subscription?.concurrency ?? 0)
  const count = stalled.length === 1 ? "1 queue" : `${stalled.length} queues`
  const since = `have not started for ${STALLED_MS / 1000} s`
  if (stalled.some(isIdle)) {
    const message = `Due messages of ${count} ${since}.`
    return { status: "unhealthy", message, details: { ...details, code: "INTERNAL" } }
  }
  return { status: "degraded", message: `Due messages of ${count} ${since}: handlers hold all slots.`, details }
}

/** For how long a message could have started. */
function stalledMs(lane: Lane, clock: Clock): number {
  const first = lane.store.ready.first
  if (first === undefined || lane.subscription === undefined || lane.isPaused || lane.isLimited()) return 0
  const now = clock.now()
  const waited = first.markedAt === undefined ? now - first.timestamp : clock.monotonic() - first.markedAt
  return Math.min(waited, now - lane.startedAt)
}

/** Numbers of this instance: what there is, and what was done since it was made. */
export function metricsOf(
  lanes: readonly Lane[],
  counters: Readonly<Record<string, number>>,
  clock: Clock,
): Record<string, number> {
  const totals = { queues: lanes.length, waiting: 0, delayed: 0, active: 0, completed: 0, dead: 0 }
  for (const lane of lanes) {
    const stats = lane.stats(clock.monotonic())
    for (const name of ["waiting", "delayed", "active", "completed", "dead"] as const) totals[name] += stats[name]
  }
  return { ...totals, ...counters }
}
