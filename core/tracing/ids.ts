import { randomFillSync, randomUUID } from "node:crypto"

/** Makes ids of traces and spans. */
export interface TraceIds {
  traceId(): string
  spanId(): string
}

const POOL_BYTES = 8192

/** Random digits, drawn for many ids at once. */
export function createTraceIds(generator: "random" | "uuid" = "random"): TraceIds {
  const pool = Buffer.allocUnsafe(POOL_BYTES)
  let used = POOL_BYTES
  const digits = (bytes: number): string => {
    if (used + bytes > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    used += bytes
    return pool.toString("hex", used - bytes, used)
  }
  const id = (bytes: number): string => {
    // All zeros stand for no id.
    for (;;) {
      const text = digits(bytes)
      if (!/^0+$/.test(text)) return text
    }
  }
  return {
    traceId: generator === "uuid" ? () => randomUUID().replaceAll("-", "") : () => id(16),
    spanId: () => id(8),
  }
}
