/** Deeper nesting, which includes every cycle, is refused. */
export const MAX_PLAIN_DEPTH = 500

/** Said without the path, which is as deep. */
const TOO_DEEP = ` is circular, or nested more than ${MAX_PLAIN_DEPTH} levels deep`

/**
 * What keeps `value` from being plain data, with its path, or undefined when nothing does.
 *
 * Plain data: null, booleans, numbers (NaN, infinities and -0 included), strings, BigInt, Date, Uint8Array, and
 * arrays, plain objects, Map and Set of plain data. Buffer counts as Uint8Array.
 *
 * @example
 * plainDataIssue({ user: { save() {} } }, "value") // "value.user.save is a function"
 */
export function plainDataIssue(value: unknown, path: string): string | undefined {
  const issue = issueOf(value, 0)
  return issue === undefined ? undefined : `${path}${issue.endsWith(TOO_DEEP) ? TOO_DEEP : issue}`
}

/** Finds the first issue; the path is put together on the way back, so that clean data pays nothing for it. */
function issueOf(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
      return undefined
    case "undefined":
      return " is undefined"
    case "function":
      return " is a function"
    case "symbol":
      return " is a symbol"
  }
  if (value === null) return undefined
  if (depth >= MAX_PLAIN_DEPTH) return TOO_DEEP

  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return objectIssue(value as object, depth)
  if (prototype === Array.prototype) {
    const list = value as unknown[]
    for (let index = 0; index < list.length; index++) {
      const issue = issueOf(list[index], depth + 1)
      if (issue !== undefined) return `[${index}]${issue}`
    }
    return undefined
  }
  if (prototype === Date.prototype || value instanceof Uint8Array) return undefined
  if (prototype === Map.prototype) {
    for (const [key, member] of value as Map<unknown, unknown>) {
      const issue = issueOf(key, depth + 1) ?? issueOf(member, depth + 1)
      if (issue !== undefined) return `<entry>${issue}`
    }
    return undefined
  }
  if (prototype === Set.prototype) {
    for (const member of value as Set<unknown>) {
      const issue = issueOf(member, depth + 1)
      if (issue !== undefined) return `<member>${issue}`
    }
    return undefined
  }
  return ` is an instance of ${prototype?.constructor?.name ?? "a class"}`
}

function objectIssue(value: object, depth: number): string | undefined {
  for (const key of Object.keys(value)) {
    const issue = issueOf((value as Record<string, unknown>)[key], depth + 1)
    if (issue !== undefined) return `.${key}${issue}`
  }
  return Object.getOwnPropertySymbols(value).length > 0 ? " has a symbol as key" : undefined
}
