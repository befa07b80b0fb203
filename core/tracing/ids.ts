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
  let drawn = ""
  let used = 0
  const digits = (count: number): string => {
    if (used + count > drawn.length) {
      drawn = randomFillSync(pool).toString("hex")
      used = 0
    }
    used += count
    return drawn.slice(used - count, used)
  }
  const id = (count: number): string => {
    // All zeros stand for no id.
    for (;;) {
      const text = digits(count)
      if (text[0] !== "0" || !/^0+$/.test(text)) return text
    }
  }
  return {
    traceId: generator === "uuid" ? () => randomUUID().replaceAll("-", "") : () => id(32),
    spanId: () => id(16),
  }
}
