import { TRACING_END_OF_TIME_MS } from "../../../contracts/tracing/arguments.ts"

/** Epoch milliseconds where they are a time that receivers take; else undefined. */
export function safeTime(ms: unknown): number | undefined {
  return typeof ms === "number" && ms >= 0 && ms < TRACING_END_OF_TIME_MS ? ms : undefined
}
