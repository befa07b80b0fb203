/** W3C Baggage: names and values that travel with a trace. Properties of members are left behind. */
import { utf8Length } from "../../../contracts/foundation/text.ts"

export const MAX_BAGGAGE_MEMBERS = 180
export const MAX_BAGGAGE_LENGTH = 8192
export const MAX_BAGGAGE_PAIR = 4096

export type Baggage = Readonly<Record<string, string>>

/** A token of HTTP. */
const KEY = /^[\w!#$%&'*+.^`|~-]+$/
/** What a value may hold as it stands; all else must be percent-encoded. */
const VALUE = /^[!#-+.-:<-[\]-~--]*$/

/** The members of a `baggage` header that are well formed, within the limits; undefined where there is none. */
export function readBaggage(text: string): Baggage | undefined {
  const members: [string, string][] = []
  let length = 0
  for (const part of text.split(",")) {
    const [pair = ""] = part.split(";", 1)
    length += pair.trim().length + 1
    if (members.length === MAX_BAGGAGE_MEMBERS || length - 1 > MAX_BAGGAGE_LENGTH) break
    const member = memberOf(pair)
    if (member !== undefined) members.push(member)
  }
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

function memberOf(pair: string): [name: string, value: string] | undefined {
  const mark = pair.indexOf("=")
  if (mark < 1 || pair.length > MAX_BAGGAGE_PAIR) return undefined
  const [key, value] = [pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()]
  if (!KEY.test(key) || !VALUE.test(value)) return undefined
  try {
    return [decodeURIComponent(key), decodeURIComponent(value)]
  } catch {
    return undefined
  }
}

/** The header of the members that may leave: those of `allowed`, as many of the first ones as fit. */
export function writeBaggage(baggage: Baggage, allowed: readonly string[], maxLength: number): string | undefined {
  const pairs: string[] = []
  let length = 0
  for (const name of allowed) {
    const pair = Object.hasOwn(baggage, name) ? pairOf(name, baggage[name]) : undefined
    if (pair === undefined || pairs.length === MAX_BAGGAGE_MEMBERS) continue
    if (length + pair.length > maxLength) continue
    length += pair.length + 1
    pairs.push(pair)
  }
  return pairs.length === 0 ? undefined : pairs.join(",")
}

function pairOf(name: string, value: unknown): string | undefined {
  if (typeof value !== "string" || name === "" || !isWellFormed(name) || !isWellFormed(value)) return undefined
  const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  return utf8Length(pair) > MAX_BAGGAGE_PAIR ? undefined : pair
}

/** Whether it has a form in UTF-8. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
