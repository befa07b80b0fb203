import {
  type Expansion,
  type FieldTerm,
  FUZZY_SCORE,
  type PhraseWord,
  PREFIX_SCORE,
  type QueryPlan,
} from "../../../../core/search/for-adapters.ts"
import type { Clause } from "./clause.ts"
import { PrefixClause, WordsClause } from "./expansion-clauses.ts"
import { type FuzzyWord, fuzzyWords } from "./expansions.ts"
import { NestedClause } from "./nested-clause.ts"
import { PhraseClause } from "./phrase-clause.ts"
import { TermClause } from "./term-clause.ts"
import type { TextIndex } from "./text-index.ts"

/**
 * The groups of clauses that must match, each by one of its clauses.
 *
 * They are those of Lucene after it has rewritten the query: alternatives within alternatives are one list, and what is in
 * a list twice is in it once with the sum of the boosts. Words that are equal in all fields become one before that, which
 * has a boost and so stays a list of its own. Where a list begins and ends shows in the last bit of scores.
 */
export function compilePlan(index: TextIndex, plan: QueryPlan): Clause[][] {
  const compiler = new Compiler(index)
  if (plan.match === "phrase") {
    const list = new ClauseList()
    for (const { boost, field, words } of plan.phrases) compiler.addWords(list, field.path, words, boost)
    return [list.build(1)]
  }
  if (plan.match !== "terms") return []
  const words = distinct(plan.terms.map(({ fields }) => compiler.listOf(fields)))
  if (plan.operator === "and") return words.map(({ list, times }) => list.build(times))

  const flat = new ClauseList()
  const nested: Clause[] = []
  for (const { list, times } of words) {
    if (times > 1 && list.size > 1) nested.push(new NestedClause(index, list.build(times)))
    else flat.addAll(list, times)
  }
  return [[...flat.build(1), ...nested]]
}

function distinct(lists: readonly ClauseList[]): { list: ClauseList; times: number }[] {
  const found = new Map<string, { list: ClauseList; times: number }>()
  for (const list of lists) {
    const same = found.get(list.key)
    if (same === undefined) found.set(list.key, { list, times: 1 })
    else same.times++
  }
  return [...found.values()]
}

interface Entry {
  readonly make: (boost: number) => Clause[]
  boost: number
}

/** Alternatives, each with its boost. */
class ClauseList {
  readonly #entries = new Map<string, Entry>()

  get size(): number {
    return this.#entries.size
  }

  get key(): string {
    return JSON.stringify(Array.from(this.#entries, ([key, { boost }]) => [key, boost]).sort())
  }

  add(key: string, boost: number, make: (boost: number) => Clause[]): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) this.#entries.set(key, { boost, make })
    else entry.boost += boost
  }

  addAll(list: ClauseList, times: number): void {
    for (const [key, { boost, make }] of list.#entries) this.add(key, Math.fround(boost) * times, make)
  }

  build(times: number): Clause[] {
    return Array.from(this.#entries.values(), ({ boost, make }) => make(Math.fround(Math.fround(boost) * times))).flat()
  }
}

class Compiler {
  readonly #index: TextIndex
  readonly #fuzzy = new Map<string, readonly FuzzyWord[]>()

  constructor(index: TextIndex) {
    this.#index = index
  }

  listOf(fields: readonly FieldTerm[]): ClauseList {
    const list = new ClauseList()
    for (const { alternatives, boost, expansion, field } of fields) {
      for (const words of alternatives) this.addWords(list, field.path, words, boost)
      if (expansion !== undefined) this.#addExpansion(list, field.path, expansion, boost)
    }
    return list
  }

  addWords(list: ClauseList, path: string, words: readonly PhraseWord[], boost: number): void {
    const [first] = words
    if (first === undefined) return
    const key = JSON.stringify([
      "words",
      path,
      ...words.flatMap(({ position, term }) => [position - first.position, term]),
    ])
    list.add(key, Math.fround(boost), (sum) => [
      words.length === 1
        ? new TermClause(this.#index, path, first.term, sum)
        : new PhraseClause(this.#index, path, words, sum),
    ])
  }

  #addExpansion(list: ClauseList, path: string, expansion: Expansion, boost: number): void {
    const { edits, limit, prefix, word } = expansion
    if (prefix) {
      const key = JSON.stringify(["prefix", path, word])
      list.add(key, Math.fround(PREFIX_SCORE * boost), (sum) => [new PrefixClause(this.#index, path, word, sum)])
    }
    if (edits > 0 && limit > 0) this.#addFuzzy(list, path, expansion, Math.fround(FUZZY_SCORE * boost))
  }

  #addFuzzy(list: ClauseList, path: string, expansion: Expansion, boost: number): void {
    const { edits, limit, word } = expansion
    const near = this.#fuzzyWords(JSON.stringify(["fuzzy", path, word, edits, limit]), path, expansion)
    for (let most = 1; most <= edits; most++) {
      const words = near.filter((one) => one.edits <= most).map(({ term }) => term)
      if (words.length === 0) continue
      const label = `${word}~${most}`
      list.add(JSON.stringify(["fuzzy", path, label, limit]), boost, (sum) => [
        new WordsClause(this.#index, path, words, { label, boost: sum }),
      ])
    }
  }

  #fuzzyWords(key: string, path: string, expansion: Expansion): readonly FuzzyWord[] {
    const known = this.#fuzzy.get(key)
    if (known !== undefined) return known
    const words = fuzzyWords(
      this.#index.plainFields(path).filter((field) => field !== undefined),
      expansion,
    )
    this.#fuzzy.set(key, words)
    return words
  }
}
