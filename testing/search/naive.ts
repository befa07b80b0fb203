/** Documents, filters and sorts by chance, and what a look at each document makes of them. */
import { compareCodePoints } from "../../contracts/foundation/text.ts"
import type { FieldFilter, FilterNode, Scalar } from "../../contracts/search/search.ts"
import type { SeededRandom } from "../engine/random.ts"
import type { Doc } from "./clause.ts"

const WORDS = ["apple", "Banana", "cherry", "date", "Éclair", "fig", "\uffee", "😀", "grape fruit"]

/** Texts, numbers, booleans and arrays of them: `t`, `n`, `ok`, `tags`. Each may be absent. */
export function seededDocuments(random: SeededRandom, count: number): Record<string, Doc> {
  const pick = <Item>(items: readonly Item[]) => items[random.integer(items.length)] as Item
  const docs = Array.from({ length: count }, (_, at): [string, Doc] => {
    const doc: Doc = { all: "all" }
    if (random.next() < 0.8) doc["t"] = pick(WORDS)
    if (random.next() < 0.8) doc["n"] = random.integer(12) - 4 + (random.next() < 0.3 ? 0.5 : 0)
    if (random.next() < 0.7) doc["ok"] = random.next() < 0.5
    if (random.next() < 0.8) doc["tags"] = Array.from({ length: random.integer(4) }, () => pick(WORDS))
    return [`id ${at}`, doc]
  })
  // So that each field is there, whatever chance does.
  return Object.fromEntries([...docs, ["every", { all: "all", t: "fig", n: 0, ok: true, tags: ["fig"] }]])
}

/** A filter of so many levels at most. */
export function seededFilter(random: SeededRandom, levels: number): FilterNode {
  const pick = <Item>(items: readonly Item[]) => items[random.integer(items.length)] as Item
  const kind = levels > 1 ? pick(["and", "or", "not", "field", "field"] as const) : "field"
  const below = () => Array.from({ length: random.integer(3) + 1 }, () => seededFilter(random, levels - 1))
  if (kind === "and") return { and: below() }
  if (kind === "or") return { or: below() }
  if (kind === "not") return { not: seededFilter(random, levels - 1) }
  const field = pick(["t", "n", "ok", "tags"] as const)
  const value = (): Scalar =>
    field === "n" ? random.integer(12) - 4 : field === "ok" ? random.next() < 0.5 : pick(WORDS)
  const ops = ["eq", "ne", "in", "nin", "exists"] as const
  const op = pick(field === "ok" ? ops : ([...ops, "gt", "gte", "lt", "lte", "between"] as const))
  switch (op) {
    case "exists":
      return { field, op, value: random.next() < 0.5 }
    case "in":
    case "nin":
      return { field, op, value: [value(), value()] }
    case "between":
      return { field, op, value: [value(), value()] }
    default:
      return { field, op, value: value() }
  }
}

export function valuesOf(doc: Doc, field: string): Scalar[] {
  const value = doc[field]
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Scalar[]
}

export function compare(one: Scalar, other: Scalar): number {
  return typeof one === "string" ? compareCodePoints(one, String(other)) : Number(one) - Number(other)
}

/** Whether a filter lets a document through. */
export function naiveFilter(doc: Doc, node: FilterNode): boolean {
  if ("and" in node) return node.and.every((each) => naiveFilter(doc, each))
  if ("or" in node) return node.or.some((each) => naiveFilter(doc, each))
  if ("not" in node) return !naiveFilter(doc, node.not)
  return naiveFieldFilter(valuesOf(doc, node.field), node)
}

function naiveFieldFilter(values: readonly Scalar[], { op, value }: FieldFilter): boolean {
  const some = (holds: (own: Scalar) => boolean) => values.some(holds)
  switch (op) {
    case "exists":
      return values.length > 0 === value
    case "eq":
      return values.includes(value)
    case "ne":
      return !values.includes(value)
    case "in":
      return some((own) => value.includes(own))
    case "nin":
      return !some((own) => value.includes(own))
    case "between":
      return some((own) => compare(own, value[0]) >= 0 && compare(own, value[1]) <= 0)
    case "prefix":
      return some((own) => String(own).startsWith(String(value)))
    case "gt":
      return some((own) => compare(own, value) > 0)
    case "gte":
      return some((own) => compare(own, value) >= 0)
    case "lt":
      return some((own) => compare(own, value) < 0)
    case "lte":
      return some((own) => compare(own, value) <= 0)
  }
}
