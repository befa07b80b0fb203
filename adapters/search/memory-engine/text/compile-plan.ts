import {
  type Expansion,
  type FieldTerm,
  FUZZY_SCORE,
  type PhraseWord,
  PREFIX_SCORE,
  type QueryPlan,
} from "../../../../core/search/for-adapters.ts"
import type { Clause } from "./clause.ts"
import { FuzzyClause, PrefixClause, WordClause } from "./expansion-clauses.ts"
import { fuzzyWords } from "./expansions.ts"
import { PhraseClause } from "./phrase-clause.ts"
import { TermClause } from "./term-clause.ts"
import type { TextIndex } from "./text-index.ts"

/**
 * The groups of clauses that must match, each by one of its clauses.
 *
 * They are those of Lucene after it has rewritten a query: alternatives within alternatives are one list, and what is in it
 * twice is in it once with the sum of the boosts.
 */
export function compilePlan(index: TextIndex, plan: QueryPlan): Clause[][] {
  if (plan.match === "phrase") {
    const list = new ClauseList(index)
    for (const { boost, field, words } of plan.phrases) list.addWords(field.path, words, boost)
    return [list.build()]
  }
  if (plan.match !== "terms") return []
  if (plan.operator === "or") {
    const list = new ClauseList(index)
    for (const { fields } of plan.terms) for (const term of fields) list.addTerm(term)
    return [list.build()]
  }
  return plan.terms.map(({ fields }) => {
    const list = new ClauseList(index)
    for (const term of fields) list.addTerm(term)
    return list.build()
  })
}

class ClauseList {
  readonly #index: TextIndex
  readonly #entries = new Map<string, { boost: number; make: (boost: number) => Clause[] }>()

  constructor(index: TextIndex) {
    this.#index = index
  }

  addTerm({ alternatives, boost, expansion, field: { path } }: FieldTerm): void {
    for (const words of alternatives) this.addWords(path, words, boost)
    if (expansion === undefined) return
    const { edits, limit, prefix, word } = expansion
    if (prefix) {
      this.#add(["prefix", path, word], PREFIX_SCORE * boost, (sum) => [new PrefixClause(this.#index, path, word, sum)])
    }
    if (edits > 0 && limit > 0) {
      this.#add(["fuzzy", path, word, edits, limit], FUZZY_SCORE * boost, (sum) => this.#fuzzy(path, expansion, sum))
    }
  }

  addWords(path: string, words: readonly PhraseWord[], boost: number): void {
    const [first] = words
    if (first === undefined) return
    this.#add(
      ["words", path, ...words.flatMap(({ position, term }) => [position - first.position, term])],
      boost,
      (sum) => [
        words.length === 1
          ? new TermClause(this.#index, path, first.term, sum)
          : new PhraseClause(this.#index, path, words, sum),
      ],
    )
  }

  #fuzzy(path: string, expansion: Expansion, boost: number): Clause[] {
    const fields = this.#index.plainFields(path).filter((field) => field !== undefined)
    const words = fuzzyWords(fields, expansion)
    // Only a list with a boost of its own stays a list.
    if (words.length > 1 && boost !== 1) return [new FuzzyClause(this.#index, path, words, boost)]
    return words.map(({ similarity, term }) => new WordClause(this.#index, path, term, Math.fround(boost * similarity)))
  }

  #add(key: readonly (string | number)[], boost: number, make: (boost: number) => Clause[]): void {
    const text = JSON.stringify(key)
    const entry = this.#entries.get(text)
    if (entry === undefined) this.#entries.set(text, { boost: Math.fround(boost), make })
    else entry.boost += Math.fround(boost)
  }

  build(): Clause[] {
    return Array.from(this.#entries.values(), ({ boost, make }) => make(Math.fround(boost))).flat()
  }
}
