import type { RangeOptions } from "../../../contracts/storage/options.ts"

/** A place behind the end of every object. */
const BEYOND: RangeOptions = { start: Number.MAX_SAFE_INTEGER }

/**
 * The range that a header asks for. Undefined, which means the whole object, for several ranges, other units and all
 * that has no form.
 */
export function rangeOf(header: string | null): RangeOptions | undefined {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? []
  if (first === undefined || last === undefined || first + last === "") return undefined
  if (first === "") return Number(last) === 0 ? BEYOND : { suffix: whole(last) }
  const start = whole(first)
  if (last === "") return { start }
  const end = whole(last)
  return start <= end ? { start, end } : undefined
}

/** Larger numbers mean the same of every object. */
function whole(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
}
