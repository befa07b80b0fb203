import type { AnalyzerName, IndexDefinition } from "../../contracts/search/search.ts"
import { type AnalyzedText, type Token, tokensOf } from "./analyzed-text.ts"
import { MAX_CLAUSES } from "./query-budget.ts"

export type SynonymGroups = NonNullable<IndexDefinition["synonyms"]>

/** What must match as one: a word, or a phrase that has synonyms. */
export interface WordUnit {
  /** Absent of a phrase, which is among its synonyms. */
  readonly token: Token | undefined
  readonly isLast: boolean
  /** How often the text says it: each time counts. */
  readonly count: number
  readonly synonyms: readonly Synonym[]
  /** Clauses in one field. */
  readonly weight: number
}

interface Synonym {
  tokens(analyzer: AnalyzerName): readonly Token[]
}

/** The units of a text, each once. Of synonyms that begin with the same word the longest counts. */
export function unitsOf(text: AnalyzedText, groups: SynonymGroups, analyzers: ReadonlySet<AnalyzerName>): WordUnit[] {
  const words = text.tokens("standard")
  const known = groups.length === 0 ? undefined : knownSynonyms(groups)
  const units = new Map<string, WordUnit>()
  for (let index = 0; index < words.length; ) {
    const { length, group } = known?.at(words, index) ?? { length: 1, group: undefined }
    const isLast = index + length >= words.length
    const token = length === 1 ? words[index] : undefined
    const key = token === undefined ? `synonyms ${index}` : keyOf(text, token, analyzers)
    const before = units.get(key)
    units.set(key, {
      token: before?.token ?? token,
      isLast: isLast || (before?.isLast ?? false),
      count: (before?.count ?? 0) + 1,
      // All of them count, so that the query is truncated.
      synonyms: (group ?? []).slice(0, MAX_CLAUSES - 1),
      weight: token === undefined ? (group?.length ?? 0) : 1 + (group?.length ?? 0),
    })
    index += length
  }
  return [...units.values()]
}

/** Two words are one where every analyzer that matters makes the same of both. */
function keyOf(text: AnalyzedText, token: Token, analyzers: ReadonlySet<AnalyzerName>): string {
  if (!analyzers.has("cjk") && !analyzers.has("keyword")) return token.term
  const asWritten = analyzers.has("keyword") ? text.slice(token) : ""
  const pairs = analyzers.has("cjk") ? text.termsAt(token, "cjk") : []
  return [token.term, asWritten, ...pairs].join("\0")
}

/** The synonyms behind some words, and those behind further ones. */
class KnownSynonyms {
  readonly group: Synonym[] = []
  readonly #next = new Map<string, KnownSynonyms>()

  /** Those of the longest run of words that has some. */
  at(words: readonly Token[], index: number): { length: number; group: readonly Synonym[] } | undefined {
    let found: { length: number; group: readonly Synonym[] } | undefined
    let known = this.#next.get(words[index]?.term ?? "")
    for (let length = 1; known !== undefined; length++) {
      if (known.group.length > 0) found = { length, group: known.group }
      known = known.#next.get(words[index + length]?.term ?? "")
    }
    return found
  }

  /** What is behind these words. */
  behind(words: readonly Token[]): KnownSynonyms {
    let known: KnownSynonyms = this
    for (const { term } of words) {
      const next = known.#next.get(term) ?? new KnownSynonyms()
      known.#next.set(term, next)
      known = next
    }
    return known
  }
}

const joined = new WeakMap<SynonymGroups, WeakMap<SynonymGroups, SynonymGroups>>()

/** Those of one index and of another one, each group once; the same for the same two. */
export function joinSynonyms(one: SynonymGroups, other: SynonymGroups): SynonymGroups {
  if (other.length === 0 || one === other) return one
  if (one.length === 0) return other
  const ofOne = joined.get(one) ?? new WeakMap<SynonymGroups, SynonymGroups>()
  joined.set(one, ofOne)
  const both = ofOne.get(other) ?? [
    ...new Map([...one, ...other].map((group) => [JSON.stringify(group), group])).values(),
  ]
  ofOne.set(other, both)
  return both
}

const tables = new WeakMap<SynonymGroups, KnownSynonyms>()

/** Kept for as long as the definition is. */
function knownSynonyms(groups: SynonymGroups): KnownSynonyms {
  const known = tables.get(groups)
  if (known !== undefined) return known
  const table = new KnownSynonyms()
  for (const group of groups) {
    const synonyms = group.map(synonymOf)
    for (const synonym of synonyms) {
      const words = synonym.tokens("standard")
      if (words.length > 0) table.behind(words).group.push(...synonyms)
    }
  }
  tables.set(groups, table)
  return table
}

function synonymOf(text: string): Synonym {
  const known = new Map<AnalyzerName, readonly Token[]>()
  return {
    tokens(analyzer) {
      const tokens = known.get(analyzer) ?? tokensOf(text, analyzer)
      known.set(analyzer, tokens)
      return tokens
    },
  }
}
