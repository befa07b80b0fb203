import * as fc from "fast-check"

const JUNK = [null, true, false, 0, 1, -1, 0.5, 1e300, "", "a", "😀", "1", "true", [], {}, [[]], [null]] as const
const NAMES = ["extra", "constructor", "toString", "__proto__", ""]

/** Values with one fault or two: another type, a member more or less, a bound that is missed, a text that is spelt otherwise. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const steps = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 })
  return fc.tuple(values, steps).map(([value, faults]) =>
    faults.reduce((now, [where, what]) => {
      const places = placesOf(now)
      const place = places[where % places.length] ?? []
      return replaced(now, place, (old) => {
        const others = othersThan(old)
        return others[what % others.length]
      })
    }, value),
  )
}

type Place = readonly string[]

/** The paths of a value and of everything in it. Of a long list, the first members stand for all. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [[]]
  const members = Object.entries(value).slice(0, 20)
  return [[], ...members.flatMap(([name, member]) => placesOf(member).map((place) => [name, ...place]))]
}

function replaced(value: unknown, [name, ...rest]: Place, change: (old: unknown) => unknown): unknown {
  if (name === undefined) return change(value)
  const member = replaced((value as Record<string, unknown>)[name], rest, change)
  if (Array.isArray(value)) return value.map((old, index) => (String(index) === name ? member : old))
  return withMember(value as object, name, member)
}

/** Own, whatever its name. */
function withMember(value: object, name: string, member: unknown): object {
  return Object.fromEntries([...Object.entries(value).filter(([other]) => other !== name), [name, member]])
}

function othersThan(value: unknown): readonly unknown[] {
  if (typeof value === "string") return [...textsNear(value), ...JUNK]
  if (typeof value === "number") return [value + 1, value - 1, value + 0.5, -value, value * 2, String(value), ...JUNK]
  if (Array.isArray(value)) return [...listsNear(value), ...JUNK]
  return typeof value === "object" && value !== null ? [...objectsNear(value), ...JUNK] : JUNK
}

function textsNear(text: string): string[] {
  const cases = [text.toUpperCase(), text.toLowerCase(), text.slice(0, 1).toUpperCase() + text.slice(1)]
  const lengths = [`${text}a`, text.slice(1), text.slice(0, -1), text + text, text.padEnd(10_001, "a")]
  const spaces = [` ${text}`, `${text} `, `${text}\n`, "  ", `\t${text}`]
  return [...cases, ...lengths, ...spaces, `${text}\u0000`, `😀${text}`, `${text}e\u0301`, `${text}\n${text}`]
}

function listsNear(list: readonly unknown[]): unknown[] {
  const junk = JUNK.map((one) => [...list, one])
  return [list.slice(1), [...list, ...list], [...list, list[0] ?? null], [...list].reverse(), ...junk]
}

function objectsNear(value: object): object[] {
  const entries = Object.entries(value)
  const less = entries.map(([name]) => Object.fromEntries(entries.filter(([other]) => other !== name)))
  const more = NAMES.flatMap((name) => [1, "a"].map((member) => withMember(value, name, member)))
  return [...less, ...more]
}
