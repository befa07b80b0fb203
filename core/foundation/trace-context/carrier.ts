/** Headers, metadata of a message, or another record that carries a trace. */
export type Carrier = Readonly<Record<string, string | readonly string[] | undefined>>

/** Every value of a header, whatever the case of its name. */
export function valuesOf(carrier: Carrier, name: string): string[] {
  return Object.keys(carrier).flatMap((key) => {
    if (key.length !== name.length || key.toLowerCase() !== name) return []
    return [carrier[key]].flat().filter((value) => typeof value === "string")
  })
}

/** The value of a header that must be there once: several count where all are equal. */
export function soleValueOf(carrier: Carrier, name: string): string | undefined {
  const values = valuesOf(carrier, name)
    .join(",")
    .split(",")
    .map((value) => value.trim())
  const [first = ""] = values
  return first !== "" && values.every((value) => value === first) ? first : undefined
}
