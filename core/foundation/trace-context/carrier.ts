import { MAX_READ, membersOf } from "./list.ts"

/** Headers, metadata of a message, or another record that carries a trace. */
export type Carrier = Readonly<Record<string, string | readonly string[] | undefined>>

/** The values of a header with commas between, whatever the case of its name; empty where it is not there. */
export function textOf(carrier: Carrier, name: string): string {
  let text: string | undefined
  for (const key of Object.keys(carrier)) {
    if (key.length !== name.length || (key !== name && key.toLowerCase() !== name)) continue
    const value = textIn(carrier[key])
    if (value !== undefined) text = text === undefined ? value : `${text},${value}`
  }
  return text ?? ""
}

function textIn(value: unknown): string | undefined {
  if (typeof value === "string") return value
  if (!Array.isArray(value)) return undefined
  const texts = value.filter((item) => typeof item === "string")
  return texts.length === 0 ? undefined : texts.join(",")
}

/** The value of a header that must be there once: several count where all are equal. */
export function soleValueOf(carrier: Carrier, name: string): string | undefined {
  const text = textOf(carrier, name)
  if (text === "" || text.length > MAX_READ) return undefined
  if (!text.includes(",")) return text.trim() || undefined
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
