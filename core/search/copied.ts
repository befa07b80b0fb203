import { isPlainObject } from "../../contracts/foundation/plain-object.ts"

/** Deeper than any filter or document may be. */
const MAX_DEPTH = 32

/**
 * Arrays and plain objects anew, so that what was checked is what is run; all else as it is. What is in it twice stays one,
 * so that it takes no longer than what is there.
 */
export function copied(value: unknown): unknown {
  return copyOf(value, 0, new Map())
}

function copyOf(value: unknown, depth: number, known: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value
  return known.get(value) ?? (Array.isArray(value) ? copyList(value, depth, known) : copyObject(value, depth, known))
}

/** A hole becomes undefined. */
function copyList(value: readonly unknown[], depth: number, known: Map<object, unknown>): unknown[] {
  const copy: unknown[] = []
  known.set(value, copy)
  for (let index = 0; index < value.length; index++) copy.push(copyOf(value[index], depth + 1, known))
  return copy
}

function copyObject(value: object, depth: number, known: Map<object, unknown>): object {
  if (!isPlainObject(value)) return value
  const copy: Record<string, unknown> = { ...value }
  known.set(value, copy)
  for (const name of Object.keys(copy)) {
    const member = copy[name]
    if (typeof member === "object" && member !== null) copy[name] = copyOf(member, depth + 1, known)
  }
  return copy
}
