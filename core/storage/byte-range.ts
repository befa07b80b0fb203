import type { ByteRange } from "../../contracts/storage/object.ts"
import type { RangeOptions } from "../../contracts/storage/options.ts"
import { rangeRefused } from "./errors.ts"

/**
 * The bytes of an object of `size` that a range means, or undefined for none, as of an empty object.
 *
 * @throws ServiceError INVALID_ARGUMENT, reason "range", where it begins behind the object.
 */
export function byteRange({ end, start, suffix }: RangeOptions, size: number): ByteRange | undefined {
  if (suffix !== undefined) return size === 0 ? undefined : { start: Math.max(0, size - suffix), end: size - 1 }
  const first = start ?? 0
  if (first >= size) throw rangeRefused(size)
  return { start: first, end: Math.min(end ?? size - 1, size - 1) }
}

/** The number of bytes of a range. */
export function rangeLength(range: ByteRange | undefined): number {
  return range === undefined ? 0 : range.end - range.start + 1
}
