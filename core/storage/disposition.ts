/**
 * A Content-Disposition in ASCII. A filename with other characters is written twice, as RFC 6266 says: `filename` with
 * a `_` for each of them, and `filename*`, its UTF-8.
 */
export function encodeDisposition(disposition: string): string {
  if (/^[ -~]*$/.test(disposition)) return disposition
  const [, type = "attachment", quoted, bare = ""] =
    /^([a-z]+) *; *filename=(?:"((?:[^"\\]|\\.)*)"|(.*))$/isu.exec(disposition) ?? []
  const name = quoted?.replaceAll(/\\(.)/gu, "$1") ?? bare
  const plain = name.replaceAll(/[^ -~]|["\\%]/gu, "_")
  return `${type}; filename="${plain}"; filename*=UTF-8''${encodeExtended(name)}`
}

/** RFC 8187: everything but its `attr-char` is percent-encoded. */
function encodeExtended(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
