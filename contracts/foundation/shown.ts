/** How texts of others are shown: in one line, and without what may be a secret. */

/** A name where it is a short identifier; of every other text, which may be a secret, nothing is shown. */
export function shownName(name: string): string {
  return isShortName(name) ? name : "…"
}

export function isShortName(name: string): boolean {
  return /^[\w.-]{1,64}$/.test(name)
}

/** Whether something of this name is a secret: `password`, `apiKey`, `tls.key`, `authorization`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

const SECRET_NAME =
  /pass|pwd|secret|token|credential|private|signature|cookie|auth|dsn|connection_?string|access_?key|api_?key|key$/i

/** A text without the credentials of its URLs, and without the values of its parameters that are secrets. */
export function redactText(text: string): string {
  return text
    .replaceAll(/\S+/g, redactUrl)
    .replaceAll(/(?<![\w.-])([\w.-]+)=([^\s&;,"']+)/g, (pair, name: string) =>
      isSecretName(name) ? `${name}=***` : pair,
    )
}

/** A text without blanks, in which all between `://` and the last `@` may be credentials. */
function redactUrl(word: string): string {
  const start = word.indexOf("://") + 3
  const at = word.lastIndexOf("@")
  return start < 3 || at < start ? word : word.slice(0, start) + redactUser(word.slice(start, at)) + word.slice(at + 1)
}

/** `ada:***@` of `ada:hunter2`; a name that stands alone may be a token. */
function redactUser(user: string): string {
  const [name = "", ...password] = user.split(":")
  return password.length > 0 && /^[\w.%+-]*$/.test(name) ? `${name}:***@` : "***@"
}

/** A text in one line. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim()
}

/** One line about wrong usage, in which no argument stands that may be a URL with a secret. */
export function usageLine(message: string, args: readonly string[]): string {
  const urls = args.flatMap((arg) => [arg, arg.slice(arg.indexOf("=") + 1)]).filter((arg) => arg.includes("://"))
  const shown = urls.reduce((line, url) => line.replaceAll(url, "…"), message)
  return oneLine(shown).replaceAll(/\S*:\/\/\S*/g, "…")
}
