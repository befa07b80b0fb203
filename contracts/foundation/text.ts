/** Length in UTF-8 bytes, without encoding the text. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit < 0xd800 || unit > 0xdbff) bytes += 3
    else {
      // The first half of a surrogate pair: four bytes for both halves.
      bytes += 4
      index++
    }
  }
  return bytes
}

/** The kind of a value, for messages: never its content. */
export function typeName(value: unknown): string {
  if (value === null) return "null"
  if (value === undefined) return "undefined"
  if (Array.isArray(value)) return "an array"
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}

/** The order of text in every service: by Unicode code point. */
export function compareCodePoints(a: string, b: string): number {
  let index = 0
  while (index < a.length && a[index] === b[index]) index++
  return (a.codePointAt(index) ?? -1) - (b.codePointAt(index) ?? -1)
}
