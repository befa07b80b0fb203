/** Bytes that plain data takes, roughly: text at two bytes a unit, numbers at eight, containers by their members. */
export function approximateSize(value: unknown): number {
  if (typeof value === "string") return value.length * 2
  if (typeof value !== "object" || value === null) return 8
  if (value instanceof Uint8Array) return value.byteLength
  if (value instanceof Date) return 8
  let size = 16
  if (Array.isArray(value) || value instanceof Set) {
    for (const member of value) size += 8 + approximateSize(member)
  } else if (value instanceof Map) {
    for (const [key, member] of value) size += approximateSize(key) + approximateSize(member)
  } else {
    for (const [key, member] of Object.entries(value)) size += key.length * 2 + approximateSize(member)
  }
  return size
}
