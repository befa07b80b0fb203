/** How mutants change values that are plain data. */

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** A copy in which `change` was applied to each member of arrays and plain objects, from the outside in. */
export function mapDeep(value: unknown, change: (member: unknown) => unknown): unknown {
  const changed = change(value)
  if (Array.isArray(changed)) return changed.map((member) => mapDeep(member, change))
  if (!isPlainObject(changed)) return changed
  return Object.fromEntries(Object.entries(changed).map(([name, member]) => [name, mapDeep(member, change)]))
}

export function jsonForm(value: unknown): unknown {
  const own = typeof value === "object" && value !== null && Object.getPrototypeOf(value) !== Date.prototype
  const toJson = own ? (value as { toJSON?: unknown }).toJSON : undefined
  return typeof toJson === "function" ? toJson.call(value) : value
}

export function withoutCircles(value: unknown, above: readonly unknown[]): unknown {
  if (above.includes(value)) return null
  const path = [...above, value]
  if (value instanceof Map) {
    return new Map([...value].map(([key, member]) => [key, withoutCircles(member, path)]))
  }
  if (Array.isArray(value)) return value.map((member) => withoutCircles(member, path))
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Reflect.ownKeys(value).map((name) => [name, withoutCircles(Reflect.get(value, name), path)]),
  )
}

export function cutBelow(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value
  if (depth === 0) return null
  if (Array.isArray(value)) return value.map((member) => cutBelow(member, depth - 1))
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutBelow(member, depth - 1)]))
}

export function withoutFunctions(value: unknown): unknown {
  return value instanceof Map ? new Map([...value].filter(([, member]) => typeof member !== "function")) : value
}

export function mapMembers(value: unknown, change: (member: unknown) => unknown): unknown {
  return value instanceof Map ? new Map([...value].map(([key, member]) => [key, change(member)])) : value
}

/** The members of an instance, as an object. */
export function asPlain(value: unknown): unknown {
  const { name } = (typeof value === "object" && value !== null ? value : {}) as { name?: unknown }
  return name === undefined ? value : { name }
}

export function changeObject(value: unknown, change: (members: [string, unknown][]) => [string, unknown][]): unknown {
  if (!isPlainObject(value) || Object.hasOwn(value, "__proto__")) return value
  return Object.fromEntries(change(Object.entries(value)))
}

export function inOrder(left: unknown, right: unknown): number {
  const [one, other] = [String(left), String(right)]
  return one < other ? -1 : Number(one > other)
}

export function opened(value: unknown): unknown {
  const { expires, value: inner } = (value ?? {}) as { expires?: unknown; value?: unknown }
  return typeof expires === "number" && inner !== undefined ? inner : value
}

/** Copies arrays and plain objects; `leaf` makes of all else what the copy holds. */
export function copyPlain(value: unknown, leaf: (member: unknown) => unknown = (member) => member): unknown {
  if (Array.isArray(value)) return value.map((member) => copyPlain(member, leaf))
  if (!isPlainObject(value)) return leaf(value)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyPlain(member, leaf)]))
}

/** Changes the value: an object that is a member for the second time is an empty one there. */
export function secondPlaceEmpty(value: unknown): unknown {
  const seen = new Set<unknown>()
  for (const [name, member] of Object.entries(isPlainObject(value) ? value : {})) {
    if (!isPlainObject(member)) continue
    if (seen.has(member)) Reflect.set(value as object, name, {})
    seen.add(member)
  }
  return value
}
