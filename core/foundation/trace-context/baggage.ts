/** W3C Baggage: names and values that travel with a trace. Properties of members are left behind. */
import { isUtf8 } from "node:buffer"
import { membersOf } from "./list.ts"

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
  if (text === "") return undefined
  const members: [string, string][] = []
  let length = -1
  for (const part of membersOf(text)) {
    const [pair = ""] = part.split(";", 1)
    const member = memberOf(pair.trimEnd())
    if (member === undefined) continue
    length += 1 + pair.trimEnd().length
    if (length > MAX_BAGGAGE_LENGTH) break
    members.push(member)
    if (members.length === MAX_BAGGAGE_MEMBERS) break
  }
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

function memberOf(pair: string): [name: string, value: string] | undefined {
  const mark = pair.indexOf("=")
  if (mark < 1 || pair.length > MAX_BAGGAGE_PAIR) return undefined
  const [key, value] = [pair.slice(0, mark).trim(), pair.slice(mark + 1).trim()]
  if (!KEY.test(key) || !VALUE.test(value)) return undefined
  const [name, decoded] = [decode(key), decode(value)]
  return name === undefined || decoded === undefined ? undefined : [name, decoded]
}

/** As decodeURIComponent of ASCII does, but for an error, which costs so much that thousands of them would be felt. */
function decode(text: string): string | undefined {
  if (!text.includes("%")) return text
  if (!/^(?:[^%]|%[\da-f]{2})*$/i.test(text)) return undefined
  const octets = text.replaceAll(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  const bytes = Buffer.from(octets, "latin1")
  return isUtf8(bytes) ? bytes.toString() : undefined
}

/** The header of the members that may leave: those of `allowed`, as many of the first ones as fit. */
export function writeBaggage(baggage: Baggage, allowed: readonly string[], maxLength: number): string | undefined {
  const pairs: string[] = []
  let length = 0
  for (const name of new Set(allowed)) {
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
  const pair = `${encodeName(name)}=${encodeURIComponent(value)}`
  return pair.length > MAX_BAGGAGE_PAIR ? undefined : pair
}

/** Parentheses, which encodeURIComponent leaves, may not stand in a token. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll("(", "%28").replaceAll(")", "%29")
}

/** Whether it has a form in UTF-8. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
