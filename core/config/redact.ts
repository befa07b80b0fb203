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
  return typeof value === "function" ? "(function)" : (JSON.stringify(value) ?? String(value))
}
