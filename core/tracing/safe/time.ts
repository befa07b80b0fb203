/** The year 2200. Later ones overflow nanoseconds in 64 bits before long, and are a mistake. */
const LAST_MS = Date.UTC(2200, 0)

/** Epoch milliseconds where they are a time that receivers take; else undefined. */
export function safeTime(ms: unknown): number | undefined {
  return typeof ms === "number" && ms >= 0 && ms < LAST_MS ? ms : undefined
}
