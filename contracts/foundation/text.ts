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

/** A value at fault, for messages: a number as it is, of all else the kind. */
export function got(value: unknown): string {
  return typeof value === "number" ? String(value) : typeName(value)
}

/** What is said of an option that nobody knows, wherever it was given; undefined where it is not known which are. */
export function unknownOption(known: readonly string[] | undefined): string {
  if (known === undefined) return "unknown option"
  return known.length === 0 ? "unknown option; there are none" : `unknown option; the options are ${known.join(", ")}`
}

/** The order of text in every service: by Unicode code point. */
export function compareCodePoints(a: string, b: string): number {
  let index = 0
  while (index < a.length && a[index] === b[index]) index++
  return (a.codePointAt(index) ?? -1) - (b.codePointAt(index) ?? -1)
}
