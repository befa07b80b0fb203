import type { SearchQuery } from "../../contracts/search/search.ts"

/** The fewest clauses that a server takes in one query: OpenSearch's. */
export const MAX_CLAUSES = 1024
/** Words that a fuzzy word stands for, at most. */
const EXPANSIONS = [50, 10, 0] as const
/** The words that count in a query that is over the budget. */
const MAX_TERMS = 256

/** What has so many clauses in one field. */
interface Weighed {
  readonly weight: number
}

/** How much of a query is run. */
export interface Budget {
  readonly fuzzy: NonNullable<SearchQuery["fuzzy"]>
  readonly prefix: NonNullable<SearchQuery["prefix"]>
  readonly expansions: number
  readonly terms: number
  readonly fields: number
  readonly truncated: boolean
}

/**
 * What fits: words and their synonyms, times fields, times 1 and the expansions of each, where prefix or fuzzy count a
 * field twice. What does not is left out in this order: expansions, prefix, words behind the 256th, words from the end,
 * fields from the end.
 */
export function budgetOf(query: SearchQuery, units: readonly Weighed[], fields: number): Budget {
  const { fuzzy = 0, prefix = false } = query
  const whole: Budget = {
    fuzzy,
    prefix,
    expansions: fuzzy === 0 ? 0 : EXPANSIONS[0],
    terms: units.length,
    fields,
    truncated: false,
  }
  let budget = whole
  const fits = () => clausesOf(budget, units) <= MAX_CLAUSES
  if (fits()) return budget
  for (const expansions of fuzzy === 0 ? [] : EXPANSIONS) {
    budget = { ...budget, expansions, truncated: true }
    if (fits()) return budget
  }
  budget = { ...budget, prefix: false, truncated: true }
  if (fits()) return budget
  budget = { ...budget, terms: Math.min(units.length, MAX_TERMS) }
  while (!fits() && budget.terms > 1) budget = { ...budget, terms: budget.terms - 1 }
  while (!fits() && budget.fields > 1) budget = { ...budget, fields: budget.fields - 1 }
  return budget
}

function clausesOf({ expansions, fields, prefix, terms }: Budget, units: readonly Weighed[]): number {
  let words = 0
  for (let index = 0; index < terms; index++) words += Math.max(1, units[index]?.weight ?? 1)
  const times = prefix !== false || expansions > 0 ? 2 : 1
  return words * fields * times * (1 + expansions)
}

/** Edits by which a word may differ. */
export function editsOf(fuzzy: Budget["fuzzy"], word: string): 0 | 1 | 2 {
  if (fuzzy !== "auto") return fuzzy
  const length = [...word].length
  if (length <= 2) return 0
  return length <= 5 ? 1 : 2
}
