/** Rules that services share which keep values under names. A service takes a group of them into its own sentences. */

/** How a service calls what it keeps, in the plural: `{ names: "keys", services: "caches" }`. */
export interface FamilyWords {
  readonly names: string
  readonly services: string
}

/** The sentences of a family under the ids of a service: `CACHE-KEY-01`. */
export type FamilySentences<Group extends string, Family extends object> = {
  readonly [Number in keyof Family & string as `${Group}-${Number}`]: string
}

/** Names: exact, of any character, up to a limit, apart from those of other services. */
export const nameFamily = {
  "01": "{Names} that differ only in case are different {names}.",
  "02": "White space in {names} counts, at their ends too.",
  "03": "{Names} outside ASCII keep every code point: composed and decomposed forms differ.",
  "04": "Punctuation and control characters in {names} are kept: separators, quotes, line ends, NUL.",
  "05": "{Names} with characters of patterns, such as * ? [ ] _ and %, match only themselves.",
  "06": "Percent-encoded text in {names} is not decoded.",
  "07": "Names of object members, such as __proto__ and constructor, are ordinary {names}.",
  "08": "{Names} are compared up to their last byte, at the longest length too.",
  "09": "{Names} longer than the limit reject INVALID_ARGUMENT.",
  "10": "Empty {names} reject INVALID_ARGUMENT.",
  "11": "{Names} that are not strings reject INVALID_ARGUMENT.",
  "12": "{Names} with a lone surrogate reject INVALID_ARGUMENT.",
  "13": "{Services} side by side in a shared store have {names} of their own: no call reaches across.",
} as const

/** Plain data (`plain-data.ts`), kept exactly. */
export const dataFamily = {
  "01": "null, false, 0, empty strings, arrays and objects are values: they are found.",
  "02": "undefined, at the top or as a member, rejects INVALID_ARGUMENT and keeps the old value.",
  "03": "Functions and symbols reject INVALID_ARGUMENT, nested ones too.",
  "04": "Instances of classes reject INVALID_ARGUMENT.",
  "05": "Circular values reject INVALID_ARGUMENT.",
  "06": "Numbers come back exactly: -0, NaN, infinities, fractions and large integers.",
  "07": "Strings come back exactly, whatever they contain and however long they are.",
  "08": "Strings that look like encoded data stay strings.",
  "09": "Nested objects and arrays come back with every member, 100 levels deep.",
  "10": "Date, BigInt, Map and Set come back as what they were, in their order, nested too.",
  "11": "Uint8Array comes back with the same bytes, a view into a larger buffer with its own; Buffer counts as one.",
  "12": "Objects with a member called __proto__ come back unchanged and pollute nothing.",
  "13": "Objects that resemble an encoding of other types come back unchanged.",
  "14": "A value over maxValueBytes rejects LIMIT_EXCEEDED, and keeps the old value and every other.",
  "15": "An object that is referred to twice is no circle: it comes back in both places.",
  "16": "Objects without a prototype come back with every member.",
  "17": "Keys of a Map and members of a Set are refused as members of an object are, circles too.",
} as const

/** Values are kept by value: no change of an object reaches what is stored, or another reader. */
export const copyFamily = {
  "01": "Changing an object once it was handed over, even before it is stored, does not change what is stored.",
  "02": "Changing an object that was read does not change what is stored.",
  "03": "Dates, Maps, Sets and bytes are copied as well.",
  "04": "Two reads give two copies, also at the same time, by several methods and by several clients.",
  "05": "Copies are copies in a store of any size, also those of values from before it grew.",
} as const

/** Several calls and several clients of one store. */
export const clientFamily = {
  "01": "Simultaneous calls on different {names} each do their own work.",
  "02": "A client of a shared store reads what another client stored.",
  "03": "Of simultaneous writes to one of the {names} one value stays, whole.",
  "04": "A client sees what another client changed, whatever it has read, missed or removed itself before.",
  "05": "A read that is called after a write has resolved sees it, also while an earlier read is under way.",
  "06": "Of simultaneous removals of one value, by any number of clients, one finds it.",
} as const

/** Capabilities are honest: one sentence for each optional interface, and two for all. */
export const capabilityFamily = {
  without: (capability: string) => `Without ${capability}, its methods are absent or reject UNSUPPORTED.`,
  ranges: "Declared capabilities have the types and ranges that the contract gives them.",
  stable: "Declared capabilities stay what they are, in use and after close.",
} as const

/** The ids of a family in a group: `{ "01": "CACHE-KEY-01" }`. */
export function idsOf<const Group extends string, Family extends Readonly<Record<string, string>>>(
  family: Family,
  group: Group,
): { readonly [Number in keyof Family & string]: `${Group}-${Number}` } {
  const entries = numbersOf(family).map((number) => [number, `${group}-${number}`])
  return Object.fromEntries(entries) as { readonly [Number in keyof Family & string]: `${Group}-${Number}` }
}

/** The sentences of a family in the words of a service. */
export function sentencesOf<const Group extends string, Family extends Readonly<Record<string, string>>>(
  family: Family,
  group: Group,
  words: FamilyWords,
): FamilySentences<Group, Family> {
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
  const inWords = (text: string) =>
    text
      .replaceAll("{names}", words.names)
      .replaceAll("{Names}", capital(words.names))
      .replaceAll("{Services}", capital(words.services))
  const entries = numbersOf(family).map((number) => [`${group}-${number}`, inWords(family[number] ?? "")])
  return Object.fromEntries(entries) as FamilySentences<Group, Family>
}

/** In their order: of an object, "10" comes before "01". */
function numbersOf(family: object): string[] {
  return Object.keys(family).sort()
}
