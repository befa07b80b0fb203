/**
 * A copy of plain data that shares nothing with the original. The value was checked before: see
 * `contracts/foundation/plain-data.ts`.
 *
 * Written out by hand because copying is the whole cost of an in-memory read: `structuredClone` and JSON are several
 * times slower.
 */
export function clonePlain<T>(value: T): T
export function clonePlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const copy = new Array(value.length)
    for (let index = 0; index < value.length; index++) copy[index] = clonePlain(value[index])
    return copy
  }
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof Map) return new Map(Array.from(value, ([key, member]) => [clonePlain(key), clonePlain(member)]))
  if (value instanceof Set) return new Set(Array.from(value, (member) => clonePlain(member)))
  return cloneObject(value as Record<string, unknown>)
}

function cloneObject(value: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const member = value[key]
    const copied = typeof member === "object" && member !== null ? clonePlain(member) : member
    if (key === "__proto__") defineMember(copy, key, copied)
    else copy[key] = copied
  }
  return copy
}

/** Assigning to `__proto__` would set the prototype. */
function defineMember(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
