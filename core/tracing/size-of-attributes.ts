/** About how many bytes attributes take, in memory and in a request; of whatever they are of, also of others' spans. */
export function sizeOfAttributes(attributes: Readonly<Record<string, unknown>> = {}): number {
  let size = 0
  // Not by their list, which is made anew for each span.
  for (const key in attributes) size += key.length + 20 + sizeOfValue(attributes[key])
  return size
}

/** A short text is counted at its most, which is quicker than to count it. */
const SHORT = 128

/** Of one that is no text and no list as if it were a number. */
export function sizeOfValue(value: unknown): number {
  if (typeof value === "string") return value.length < SHORT ? value.length * 3 : Buffer.byteLength(value)
  return Array.isArray(value) ? value.reduce((sum: number, item) => sum + 10 + sizeOfValue(item), 0) : 8
}
