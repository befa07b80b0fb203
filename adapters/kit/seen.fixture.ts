/**
 * All that there is to see of plain data, in arrays, for a test to compare: matchers take `{ constructor: 1 }` for an
 * instance of another class each time, and look at no order.
 */
export function seen(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Map) return ["Map", ...Array.from(value, ([key, member]) => [seen(key), seen(member)])]
  if (value instanceof Set) return ["Set", ...Array.from(value, seen)]
  if (value instanceof Date) return ["Date", value.getTime()]
  if (value instanceof Uint8Array) return ["bytes", ...value]
  if (Array.isArray(value)) return ["array", ...value.map(seen)]
  const kind = Object.getPrototypeOf(value) === Object.prototype ? "object" : "something else"
  return [kind, ...Object.entries(value).map(([name, member]) => [name, seen(member)])]
}
