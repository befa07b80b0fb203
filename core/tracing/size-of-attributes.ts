/** About how many bytes attributes take, in memory and in a request; of whatever they are of, also of others' spans. */
export function sizeOfAttributes(attributes: Readonly<Record<string, unknown>> = {}): number {
  let size = 0
  for (const key of Object.keys(attributes)) size += key.length + 20 + sizeOfValue(attributes[key])
  return size
}

/** Of one that is no text and no list as if it were a number. */
export function sizeOfValue(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value)
  return Array.isArray(value) ? value.reduce((sum: number, item) => sum + 10 + sizeOfValue(item), 0) : 8
}
