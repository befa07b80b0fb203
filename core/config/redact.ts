const SECRET_NAME = /pass|secret|token|credential|private|signature|access_?key|api_?key/i

/** A URL that can be shown: no password, no query. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return "(not a URL)"
  const url = new URL(text)
  const user = url.username === "" && url.password === "" ? "" : `${url.username}:***@`
  const host = url.host === "" && url.pathname === "" ? "" : `//${user}${url.host}${url.pathname}`
  return `${url.protocol}${host}`
}

/** An option's value as text, unless its name says that it is a secret. */
export function showOption(key: string, value: unknown): string {
  if (SECRET_NAME.test(key)) return "***"
  if (typeof value === "string" && value.includes("://")) return redactUrl(value)
  if (typeof value === "function") return "(function)"
  return isObject(value) ? `(${value.constructor.name})` : (JSON.stringify(value, hideMember) ?? String(value))
}

/** Whether a value is an instance of a class, such as a client, and not data. */
function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  return Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null
}

/** Of an option that has members, such as `tls`. */
function hideMember(name: string, value: unknown): unknown {
  return SECRET_NAME.test(name) || name === "key" ? "***" : value
}
