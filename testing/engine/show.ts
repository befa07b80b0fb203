const MAX_LENGTH = 120

/** A value in at most 120 characters, for failure messages. */
export function show(value: unknown): string {
  const text = rendered(value)
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text
}

/** What a subject gives may throw when it is looked at. */
function rendered(value: unknown): string {
  try {
    return render(value, 0)
  } catch {
    return "a value that cannot be shown"
  }
}

function render(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value)
  if (typeof value === "bigint") return `${value}n`
  if (Object.is(value, -0)) return "-0"
  if (typeof value === "function") return "a function"
  if (typeof value !== "object" || value === null) return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? "invalid" : value.toISOString()})`
  if (value instanceof Uint8Array) return `Uint8Array(${value.length})`
  if (depth > 2) return "…"
  if (value instanceof Map) return `Map(${value.size}) ${render([...value].slice(0, 5), depth + 1)}`
  if (value instanceof Set) return `Set(${value.size}) ${render([...value].slice(0, 5), depth + 1)}`
  if (Array.isArray(value)) {
    const shown = value.slice(0, 10).map((item) => render(item, depth + 1))
    return `[${shown.join(", ")}${value.length > 10 ? ", …" : ""}]`
  }
  const members = Object.entries(value).slice(0, 10)
  return `{${members.map(([key, item]) => `${key}: ${render(item, depth + 1)}`).join(", ")}}`
}
