import type { PlannedFilter } from "../../../../core/search/for-adapters.ts"
import { valueName } from "./field-names.ts"

type Query = Readonly<Record<string, unknown>>

/** One level of `bool` for each node: servers take 30 of them. */
export function filterQuery(filter: PlannedFilter): Query {
  switch (filter.kind) {
    case "and":
      return filter.nodes.length === 0 ? { match_all: {} } : { bool: { filter: filter.nodes.map(filterQuery) } }
    case "or":
      return filter.nodes.length === 0 ? { match_none: {} } : { bool: { should: filter.nodes.map(filterQuery) } }
    case "not":
      return { bool: { must_not: [filterQuery(filter.node)] } }
    case "in":
      return inQuery(filter)
    case "prefix":
      return { prefix: { [valueName(filter.field)]: { value: filter.value } } }
    case "exists":
      return existsQuery(filter)
    case "range":
      return rangeQuery(filter)
  }
}

type Of<Kind extends PlannedFilter["kind"]> = Extract<PlannedFilter, { kind: Kind }>

function inQuery({ field, values }: Of<"in">): Query {
  const wanted = field.type === "date" ? values.map(dayText).filter((text) => text !== undefined) : values
  return wanted.length === 0 ? { match_none: {} } : { terms: { [valueName(field)]: wanted } }
}

/** Whole to the millisecond, so that nothing is rounded; a bare number could be taken for a year. */
function dayText(ms: unknown): string | undefined {
  const text = new Date(Number(ms)).toISOString()
  return /^\d/.test(text) ? text : undefined
}

/** A text that is too long for its keyword form is only noted. */
function existsQuery({ field }: Of<"exists">): Query {
  const name = valueName(field)
  const exists = { exists: { field: name } }
  if (field.type !== "text" && field.type !== "keyword") return exists
  return { bool: { should: [exists, { term: { _ignored: { value: name } } }] } }
}

function rangeQuery({ field, range }: Of<"range">): Query {
  const format = field.type === "date" ? { format: "epoch_millis" } : {}
  return { range: { [valueName(field)]: { ...range, ...format } } }
}
