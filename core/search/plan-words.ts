import type { AnalyzerName, SearchQuery } from "../../contracts/search/search.ts"
import { type AnalyzedText, analyzeText, type Token } from "./analyzed-text.ts"
import { type Field, MAX_KEYWORD_LENGTH, plainAnalyzerOf } from "./fields.ts"
import type { Expansion, FieldPhrase, FieldTerm, PhraseWord, PlannedTerm, QueryPlan } from "./plan.ts"
import { type Budget, budgetOf, editsOf, MAX_CLAUSES } from "./query-budget.ts"
import { type SynonymGroups, unitsOf, type WordUnit } from "./synonyms.ts"

export interface SearchedField {
  readonly field: Field
  readonly boost: number
}

type PlannedWords = Pick<QueryPlan, "match" | "terms" | "phrases" | "truncated">

const NOTHING = { terms: [], phrases: [], truncated: false } as const

/** What is looked for in which field. */
export function planWords(query: SearchQuery, fields: readonly SearchedField[], synonyms: SynonymGroups): PlannedWords {
  const { phrase = false, q = "" } = query
  if (q.trim() === "") return { ...NOTHING, match: "all" }
  const text = analyzeText(q)
  if (phrase) return planPhrases(text, fields)
  const units = unitsOf(text, synonyms, analyzersOf(fields))
  const budget = budgetOf(query, units, fields.length)
  const terms = units
    .slice(0, budget.terms)
    .map((unit) => planTerm(text, unit, fields.slice(0, budget.fields), budget))
    .filter((term) => term.fields.length > 0)
  return { match: terms.length === 0 ? "none" : "terms", terms, phrases: [], truncated: budget.truncated }
}

function analyzersOf(fields: readonly SearchedField[]): Set<AnalyzerName> {
  return new Set(fields.map(({ field }) => field.analyzer))
}

function planTerm(text: AnalyzedText, unit: WordUnit, fields: readonly SearchedField[], budget: Budget): PlannedTerm {
  const planned = fields.map(({ boost, field }): FieldTerm => {
    return {
      field,
      boost: boost * unit.count,
      alternatives: alternativesOf(text, unit, field.analyzer),
      expansion: expansionOf(text, unit, field, budget),
    }
  })
  return { fields: planned.filter(({ alternatives, expansion }) => alternatives.length > 0 || expansion !== undefined) }
}

function alternativesOf(text: AnalyzedText, { synonyms, token }: WordUnit, analyzer: AnalyzerName): PhraseWord[][] {
  const own = token === undefined ? [] : ownWords(text, token, analyzer)
  const others = synonyms.map((synonym) => phraseOf(synonym.tokens(analyzer))).filter((words) => words.length > 0)
  return distinct([...own.map((term) => [{ term, position: 0 }]), ...others])
}

/** A word in a field that is not cut into words: as it is written, and the whole text. */
function ownWords(text: AnalyzedText, token: Token, analyzer: AnalyzerName): readonly string[] {
  if (analyzer !== "keyword") return text.termsAt(token, analyzer)
  const whole = text.text.trim()
  return whole.length > MAX_KEYWORD_LENGTH ? [text.slice(token)] : [...new Set([text.slice(token), whole])]
}

function expansionOf(text: AnalyzedText, unit: WordUnit, field: Field, budget: Budget): Expansion | undefined {
  const { isLast, token } = unit
  if (token === undefined) return undefined
  const prefix = budget.prefix === true || (budget.prefix === "last" && isLast)
  const analyzer = plainAnalyzerOf(field)
  const [word] = analyzer === "keyword" ? [text.slice(token)] : text.termsAt(token, analyzer)
  if (word === undefined) return undefined
  const edits = budget.expansions === 0 ? 0 : editsOf(budget.fuzzy, word)
  return prefix || edits > 0 ? { word, prefix, edits, limit: budget.expansions } : undefined
}

function planPhrases(text: AnalyzedText, fields: readonly SearchedField[]): PlannedWords {
  const most = Math.max(1, Math.floor(MAX_CLAUSES / Math.max(1, fields.length)))
  let truncated = false
  const phrases = fields.map(({ boost, field }): FieldPhrase => {
    const words = phraseOf(text.tokens(field.analyzer))
    truncated ||= words.length > most
    return { field, boost, words: words.slice(0, most) }
  })
  const found = phrases.filter(({ words }) => words.length > 0)
  return { match: found.length === 0 ? "none" : "phrase", terms: [], phrases: found, truncated }
}

function phraseOf(tokens: readonly Token[]): PhraseWord[] {
  const first = tokens[0]?.position ?? 0
  return tokens.map(({ position, term }) => ({ term, position: position - first }))
}

function distinct(phrases: readonly PhraseWord[][]): PhraseWord[][] {
  if (phrases.length < 2) return [...phrases]
  return [...new Map(phrases.map((words) => [JSON.stringify(words), words])).values()]
}
