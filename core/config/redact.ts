import { className, isPlainObject } from "../../contracts/foundation/plain-object.ts"
import { isSecretName, redactText } from "../../contracts/foundation/shown.ts"

/** A URL that can be shown: no password, no query; a user that stands alone may be a token. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return "(not a URL)"
  const url = new URL(text)
  const user = url.password !== "" ? `${url.username}:***@` : url.username === "" ? "" : "***@"
  // Without slashes, all of it is the path.
  const path = url.pathname.replace(/^.*@/, "***@")
  const host = url.host === "" && url.pathname === "" ? "" : `//${user}${url.host}${path}`
  return `${url.protocol}${host}`
}

/** An option's value as text, unless its name says that it is a secret. It never throws. */
export function showOption(key: string, value: unknown): string {
  try {
    const shown = redact(value, key)
    const isBare = typeof shown === "string" && (typeof value !== "string" || isUrl(value) || isSecretName(key))
    return isBare ? shown : (JSON.stringify(shown) ?? String(shown))
  } catch {
    return "(not shown)"
  }
}

/** A value as data that can be shown, secrets hidden at any depth: by their names, and in URLs. */
export function redact(value: unknown, name = "", around: readonly unknown[] = []): unknown {
  if (isSecretName(name)) return "***"
  if (typeof value === "string") return isUrl(value) ? redactUrl(value) : redactText(value)
  if (typeof value === "bigint") return `${value}n`
  if (typeof value === "function" || typeof value === "symbol") return `(${typeof value})`
  if (typeof value !== "object" || value === null) return value
  if (around.includes(value)) return "(circular)"
  const inside = [...around, value]
  if (Array.isArray(value)) return Array.from(value, (item: unknown) => redact(item, "", inside))
  // An instance of a class, such as a client, is no data.
  if (!isPlainObject(value)) return `(${className(value)})`
  const members = Object.entries(value).map(([key, member]) => [key, redact(member, key, inside)] as const)
  return Object.fromEntries(members)
}

function isUrl(text: string): boolean {
  return /^[a-z][\w+.-]*:\/\//i.test(text) && URL.canParse(text)
}
