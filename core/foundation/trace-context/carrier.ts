import { MAX_READ, membersOf } from "./list.ts"

/** Headers, metadata of a message, or another record that carries a trace. */
export type Carrier = Readonly<Record<string, string | readonly string[] | undefined>>

/** Every value of a header, whatever the case of its name. */
export function valuesOf(carrier: Carrier, name: string): string[] {
  const values: string[] = []
  for (const key of Object.keys(carrier)) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue
    const value: unknown = carrier[key]
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const item of list) if (typeof item === "string") values.push(item)
  }
  return values
}

/** The value of a header that must be there once: several count where all are equal. */
export function soleValueOf(carrier: Carrier, name: string): string | undefined {
  const text = valuesOf(carrier, name).join(",")
  if (text.length > MAX_READ) return undefined
  const values = membersOf(text)
  const [first = ""] = values
  return first !== "" && values.every((value) => value === first) ? first : undefined
}

/** Sets a header, or removes it, whatever the case that its name has there. */
export function setHeader(carrier: Record<string, string>, name: string, value: string | undefined): void {
  for (const key of Object.keys(carrier)) {
    if (key.length === name.length && key !== name && key.toLowerCase() === name) delete carrier[key]
  }
  if (value === undefined) delete carrier[name]
  else carrier[name] = value
}
