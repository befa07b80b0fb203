import { overMaxBytes, partTooSmall } from "./errors.ts"

interface Part {
  readonly number: number
  readonly size: number
}

interface PartLimits {
  readonly minPartBytes: number
  readonly maxObjectBytes: number
}

/**
 * Whether an object can be made of these parts, in their order.
 *
 * @returns Bytes of the object.
 * @throws ServiceError INVALID_ARGUMENT, reason "size", for a part that is too small and not the last; LIMIT_EXCEEDED.
 */
export function checkParts(parts: readonly Part[], { maxObjectBytes, minPartBytes }: PartLimits): number {
  const small = parts.slice(0, -1).find(({ size }) => size < minPartBytes)
  if (small !== undefined) throw partTooSmall(small.number, small.size, minPartBytes)
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (size > maxObjectBytes) throw overMaxBytes("body", "maxObjectBytes", maxObjectBytes)
  return size
}
