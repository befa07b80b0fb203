/**
 * Copies of plain data (`contracts/foundation/plain-data.ts`) that share nothing with the original.
 *
 * Written out by hand because copying is the whole cost of an in-memory cache: `structuredClone` and JSON are several
 * times slower. Objects are copied by spreading, which is three times faster than a loop over the members, and keeps a
 * member called `__proto__` an own one.
 */
import { MAX_PLAIN_DEPTH } from "../../contracts/foundation/plain-data.ts"

/** How much work it is to copy a value: none, one spread, or a walk. */
export type CloneKind = typeof IMMUTABLE | typeof FLAT | typeof NESTED
export const IMMUTABLE = 0
export const FLAT = 1
export const NESTED = 2

/** Copies what was checked before. */
export function clonePlain<T>(value: T): T
export function clonePlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return cloneObject(value as Record<string, unknown>)
  if (Array.isArray(value)) {
    const copy = new Array(value.length)
    for (let index = 0; index < value.length; index++) copy[index] = clonePlain(value[index])
    return copy
  }
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (value instanceof Date) return new Date(value.getTime())
  if (value instanceof Map) return new Map(Array.from(value, ([key, member]) => [clonePlain(key), clonePlain(member)]))
  return new Set(Array.from(value as Set<unknown>, (member) => clonePlain(member)))
}

function cloneObject(value: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...value }
  for (const key in copy) {
    const member = copy[key]
    if (typeof member === "object" && member !== null && Object.hasOwn(copy, key)) copy[key] = clonePlain(member)
  }
  return copy
}

/** Copies what a `PlainCloner` made, whose kind is known. */
export function cloneOfKind(value: unknown, kind: CloneKind): unknown {
  if (kind === IMMUTABLE) return value
  return kind === FLAT ? { ...(value as object) } : clonePlain(value)
}

/** A deeply frozen copy of what was checked before, or undefined where something in it cannot be frozen. */
export function frozenPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const members = value.map(frozenPlain)
    return members.includes(undefined) ? undefined : Object.freeze(members)
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const entries = Object.entries(value).map(([key, member]) => [key, frozenPlain(member)] as const)
  if (entries.some(([, member]) => member === undefined)) return undefined
  // Not by spreading: V8 reads the members of a frozen spread copy many times slower.
  return Object.freeze(Object.fromEntries(entries))
}

/** Checks and copies in one walk. */
export class PlainCloner {
  /** Of the last copy. */
  kind: CloneKind = IMMUTABLE
  #kind: CloneKind = IMMUTABLE

  /** A copy, or undefined where `plainDataIssue` has something to say. */
  clone(value: unknown): unknown {
    // A getter in the value may have another value copied meanwhile.
    const outer = this.#kind
    try {
      this.#kind = IMMUTABLE
      const copy = this.#clone(value, 0)
      this.kind = this.#kind
      return copy
    } finally {
      this.#kind = outer
    }
  }

  #clone(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
      case "bigint":
        return value
      case "object":
        return value === null ? value : this.#cloneObject(value, depth)
      default:
        return undefined
    }
  }

  #cloneObject(value: object, depth: number): unknown {
    if (depth >= MAX_PLAIN_DEPTH) return undefined
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) {
      this.#kind = depth === 0 ? FLAT : NESTED
      return this.#cloneMembers(value, depth)
    }
    this.#kind = NESTED
    if (prototype === Array.prototype) return this.#cloneList(value as unknown[], depth)
    if (prototype === Date.prototype) return new Date((value as Date).getTime())
    if (value instanceof Uint8Array) return new Uint8Array(value)
    if (prototype === Map.prototype) return this.#cloneMap(value as Map<unknown, unknown>, depth)
    if (prototype === Set.prototype) return this.#cloneSet(value as Set<unknown>, depth)
    return undefined
  }

  #cloneMembers(value: object, depth: number): object | undefined {
    const copy = { ...value } as Record<string, unknown>
    for (const key in copy) {
      const member = copy[key]
      switch (typeof member) {
        case "string":
        case "number":
        case "boolean":
        case "bigint":
          continue
      }
      // Inherited, from a polluted Object.prototype.
      if (!Object.hasOwn(copy, key)) continue
      const copied = this.#clone(member, depth + 1)
      if (copied === undefined) return undefined
      copy[key] = copied
    }
    return Object.getOwnPropertySymbols(value).length === 0 ? copy : undefined
  }

  #cloneList(value: readonly unknown[], depth: number): unknown[] | undefined {
    const copy = new Array(value.length)
    for (let index = 0; index < value.length; index++) {
      const copied = this.#clone(value[index], depth + 1)
      if (copied === undefined) return undefined
      copy[index] = copied
    }
    return copy
  }

  #cloneMap(value: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> | undefined {
    const copy = new Map<unknown, unknown>()
    for (const [key, member] of value) {
      const copiedKey = this.#clone(key, depth + 1)
      const copied = this.#clone(member, depth + 1)
      if (copiedKey === undefined || copied === undefined) return undefined
      copy.set(copiedKey, copied)
    }
    return copy
  }

  #cloneSet(value: ReadonlySet<unknown>, depth: number): Set<unknown> | undefined {
    const copy = new Set<unknown>()
    for (const member of value) {
      const copied = this.#clone(member, depth + 1)
      if (copied === undefined) return undefined
      copy.add(copied)
    }
    return copy
  }
}
