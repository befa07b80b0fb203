import { automatonOf, numbered } from "./automaton.ts"
import { type CharacterSet, characterSets, UNICODE } from "./character-sets.ts"
import { grammar } from "./grammar.ts"

/** The text of core/search/analysis/word-break-data.ts. */
export function wordBreakData(): string {
  const memberships = membershipsOf(characterSets)
  const { transitions, kinds } = automatonOf(grammar, memberships.classes)

  // Classes that the automaton does not tell apart become one.
  const columns = memberships.classes.map((_, column) => transitions.map((row) => row[column]).join())
  const merged = numbered(columns)
  const kept = [...new Set(merged)].map((number) => merged.indexOf(number))
  const classOf = (point: number) => merged[memberships.classOf[point] ?? 0] ?? 0

  return `// Written by scripts/word-break-table.ts from Unicode ${UNICODE}. Not to be edited.

/** Runs of code points of one class, from 0 on: how many, in base 36, nothing for 1, and the class as a letter, from A on. */
export const CLASS_RUNS =
  "${runsOf(classOf)}"

/** For each state, the next one by the class of the character, as a character from 0 on. State 0 is dead, state 1 the start. */
export const TRANSITIONS = [
${transitions.map((row) => `  "${kept.map((column) => letter("0", row[column] ?? 0)).join("")}",`).join("\n")}
]

/** What is matched in each state: \`w\` a word, \`c\` what bigrams are made of, \`-\` nothing. */
export const KINDS = "${kinds.map((kind) => kind?.[0] ?? "-").join("")}"
`
}

/** Numbers the combinations of sets that a code point is in. */
function membershipsOf(sets: Readonly<Record<string, CharacterSet>>) {
  const names = Object.keys(sets)
  const values = Object.values(sets)
  const numbers = new Map<string, number>()
  const classOf = Array.from(values[0] ?? [], (_, point) => {
    const key = names.filter((_, index) => values[index]?.[point] === 1).join()
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
  return { classOf, classes: [...numbers.keys()].map((key) => new Set(key.split(","))) }
}

function runsOf(classOf: (point: number) => number): string {
  let runs = ""
  for (let point = 0, end = 0; point <= 0x10ffff; point = end) {
    const own = classOf(point)
    for (end = point + 1; end <= 0x10ffff && classOf(end) === own; ) end++
    const length = end - point
    runs += `${length === 1 ? "" : length.toString(36)}${letter("A", own)}`
  }
  return runs
}

/** The character that is so many after the first one, if it can stand in a string as it is. */
function letter(first: string, index: number): string {
  const character = String.fromCharCode(first.charCodeAt(0) + index)
  if (character >= "\\") throw new Error(`There is no letter for ${index} after ${first}`)
  return character
}
