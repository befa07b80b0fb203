import type { ScorePart } from "../../../../contracts/search/search.ts"
import type { Field } from "../../../../core/search/for-adapters.ts"
import { plainName } from "./field-names.ts"

/** How a server tells what a score is made of. */
export interface Explanation {
  readonly value: number
  readonly description: string
  readonly details?: readonly Explanation[]
}

/** The share of each word in each field. */
export function scoreParts(explanation: Explanation, fields: readonly Field[]): ScorePart[] {
  const names = new Map<string, string>()
  for (const field of fields) for (const name of [field.path, plainName(field)]) names.set(name, field.path)
  const parts: ScorePart[] = []
  visit(explanation, (node) => {
    const part = partOf(node, names)
    if (part !== undefined) parts.push(part)
    return part === undefined
  })
  return parts
}

function visit(node: Explanation, enter: (node: Explanation) => boolean): void {
  if (!enter(node)) return
  for (const below of node.details ?? []) visit(below, enter)
}

const WEIGHT = /^weight\((?:spanNear\(\[)?(.*) in \d+\)/su
const CONSTANT = /^ConstantScore\((.*)\)(?:\^[\d.E-]+)?$/su

function partOf({ description, details = [], value }: Explanation, names: Names): ScorePart | undefined {
  const weighed = WEIGHT.exec(description)?.[1]
  const constant = CONSTANT.exec(description)?.[1]
  const found = namedWord(weighed ?? constant ?? "", names)
  if (found === undefined) return undefined
  if (weighed === undefined) return { ...found, idf: 1, tf: 1, boost: value, score: value }
  const factors = details.flatMap((node) => node.details ?? [])
  const factor = (name: string) => factors.find((node) => node.description.startsWith(name))?.value ?? 1
  return { ...found, idf: factor("idf"), tf: factor("tf"), boost: factor("boost"), score: value }
}

type Names = ReadonlyMap<string, string>

/** A path may have a colon, as a word may: the longest name that fits is taken. */
function namedWord(text: string, names: Names): Pick<ScorePart, "term" | "field"> | undefined {
  const fitting = [...names.keys()].filter((name) => text.startsWith(`${name}:`))
  const [longest] = fitting.sort((one, other) => other.length - one.length)
  if (longest === undefined) return undefined
  // Fuzzy words come together, each with its field.
  const term = text.slice(longest.length + 1).replaceAll(` ${longest}:`, " ")
  return { term, field: names.get(longest) as string }
}
