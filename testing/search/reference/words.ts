import type { AnalyzerName, SearchQuery } from "../../../contracts/search/search.ts"
import { ReferenceAnalysis, type Token } from "./analysis.ts"
import type { HeldField, HeldIndex } from "./store.ts"

/** A field that is searched, with its boost times that of the query. */
export interface SearchedField {
  readonly field: HeldField
  readonly boost: number
}

/** What must match as one: a word, or a phrase that has synonyms. */
export interface Unit {
  /** Absent of a phrase, which is among its synonyms. */
  readonly token: Token | undefined
  readonly isLast: boolean
  /** How often the text says it. */
  readonly count: number
  readonly synonyms: readonly string[]
}

/** A word in one field: words side by side, of which one alternative must be there, or what it begins or resembles. */
export interface Wanted {
  readonly searched: SearchedField
  readonly alternatives: readonly (readonly Token[])[]
  /** As it stands in the plain form of the field. */
  readonly plain: string | undefined
  readonly prefix: boolean
  readonly edits: number
  readonly expansions: number
}

/** What a query looks for. */
export interface Words {
  readonly match: "all" | "none" | "terms" | "phrase"
  /** Of each term, what is wanted in each field. Of a phrase: one term. */
  readonly terms: readonly (readonly Wanted[])[]
  readonly truncated: boolean
}

export interface Budget {
  readonly prefix: NonNullable<SearchQuery["prefix"]>
  readonly expansions: number
  readonly terms: number
  readonly fields: number
}

interface Places {
  readonly name: string
  readonly starts: Map<number, string[]>
  readonly ends: Map<number, string[]>
}

const MAX_CLAUSES = 1024
const MAX_TERMS = 256
const EXPANSIONS = [50, 10, 0] as const

/** What a query looks for, in small methods that mutants change one of. */
export abstract class ReferenceWords extends ReferenceAnalysis {
  #places: Places | undefined

  wordsOf(query: SearchQuery, indexes: readonly HeldIndex[]): Words {
    const { phrase = false, q = "" } = query
    if (this.isBlank(q)) return { match: "all", terms: [], truncated: false }
    const searched = this.searchedFields(query, indexes)
    return phrase ? this.phraseWords(q, searched) : this.termWords(query, q, searched, indexes)
  }

  isBlank(q: string): boolean {
    return q.trim() === ""
  }

  searchedFields({ fields }: SearchQuery, indexes: readonly HeldIndex[]): SearchedField[] {
    if (fields === undefined) return this.defaultFields(indexes)
    const named = fields.map((each) => (typeof each === "string" ? { field: each, boost: 1 } : each))
    return named.map(({ boost, field: path }) => {
      const field = this.fieldOfAll(path, "searchable", indexes)
      return { field, boost: this.boostOf(field, boost) }
    })
  }

  defaultFields(indexes: readonly HeldIndex[]): SearchedField[] {
    const all = new Map(indexes.flatMap(({ fields }) => [...fields]))
    const found = [...all.values()].filter(({ searchable }) => searchable)
    return found.map((field) => ({ field, boost: this.boostOf(field, 1) }))
  }

  boostOf(field: HeldField, boost: number): number {
    return field.boost * boost
  }

  /** A field that every index must have, of one type, and that can do what is asked of it. */
  fieldOfAll(
    path: string,
    can: "searchable" | "filterable" | "facetable" | "sortable",
    indexes: readonly HeldIndex[],
  ): HeldField {
    const found = indexes.map(({ fields }) => fields.get(path))
    const [first] = found
    if (first === undefined || found.includes(undefined)) {
      this.refuseFor("INVALID_ARGUMENT", "field", "An index does not have this field.")
    }
    if (found.some((field) => field !== undefined && !this.areAlike(first, field))) {
      this.refuseFor("INVALID_ARGUMENT", "type", "A field has several types.")
    }
    if (found.some((field) => field?.[can] === false)) {
      this.refuseFor("INVALID_ARGUMENT", "field", `A field is not ${can}.`)
    }
    return first
  }

  areAlike(one: HeldField, other: HeldField): boolean {
    const kindOf = ({ type }: HeldField) => (type === "keyword" ? "text" : type)
    return kindOf(one) === kindOf(other)
  }

  termWords(query: SearchQuery, q: string, searched: readonly SearchedField[], indexes: readonly HeldIndex[]): Words {
    const units = this.unitsOf(q, searched, this.synonymsOf(indexes))
    const whole = this.wholeBudget(query, units, searched)
    const budget = this.budgetOf(query, whole, units)
    const terms = units.slice(0, budget.terms).map((unit) => {
      const wanted = searched.slice(0, budget.fields).map((each) => this.wantedOf(query, q, unit, each, budget))
      return wanted.filter(({ alternatives, edits, prefix }) => alternatives.length > 0 || prefix || edits > 0)
    })
    const found = terms.filter((wanted) => this.isAsked(wanted))
    return { match: found.length === 0 ? "none" : "terms", terms: found, truncated: budget !== whole }
  }

  /** A word that all fields drop is none of the query. */
  isAsked(wanted: readonly Wanted[]): boolean {
    return wanted.length > 0
  }

  synonymsOf(indexes: readonly HeldIndex[]): (readonly string[])[] {
    return indexes.flatMap(({ synonyms }) => synonyms)
  }

  /** The words of a text, each once. Of synonyms that begin with one word the longest counts. */
  unitsOf(q: string, searched: readonly SearchedField[], groups: readonly (readonly string[])[]): Unit[] {
    const tokens = this.tokensOf("standard", q)
    const analyzers = new Set(searched.map(({ field }) => field.analyzer))
    const units = new Map<string, Unit>()
    for (let at = 0; at < tokens.length; ) {
      const { length, synonyms } = this.synonymsAt(tokens, at, groups)
      const token = length === 1 ? tokens[at] : undefined
      const key = token === undefined ? `phrase ${at}` : this.keyOf(q, token, analyzers)
      const isLast = at + length >= tokens.length || units.get(key)?.isLast === true
      const count = this.countOf(units.get(key))
      units.set(key, { token: units.get(key)?.token ?? token, isLast, count, synonyms })
      at += length
    }
    return [...units.values()]
  }

  /** A word counts each time. */
  countOf(before: Unit | undefined): number {
    return (before?.count ?? 0) + 1
  }

  /** Two words are one where every analyzer makes the same of them. */
  keyOf(q: string, token: Token, analyzers: ReadonlySet<AnalyzerName>): string {
    const written = analyzers.has("keyword") ? q.slice(token.start, token.end) : ""
    const pairs = analyzers.has("cjk") ? this.termsAt(q, token, "cjk") : []
    return [token.term, written, ...pairs].join("\0")
  }

  synonymsAt(
    tokens: readonly Token[],
    at: number,
    groups: readonly (readonly string[])[],
  ): { length: number; synonyms: readonly string[] } {
    const lengthOf = (text: string) => {
      const words = this.tokensOf("standard", text)
      const isHere = words.length > 0 && words.every(({ term }, index) => tokens[at + index]?.term === term)
      return isHere ? words.length : 0
    }
    const longest = Math.max(0, ...groups.flat().map(lengthOf))
    const found = groups.filter((group) => longest > 0 && group.some((text) => lengthOf(text) === longest))
    return { length: Math.max(1, longest), synonyms: found.flat() }
  }

  wholeBudget({ fuzzy = 0, prefix = false }: SearchQuery, units: readonly Unit[], fields: readonly unknown[]): Budget {
    return { prefix, expansions: fuzzy === 0 ? 0 : EXPANSIONS[0], terms: units.length, fields: fields.length }
  }

  /** What fits of a query. Left out, in this order: expansions, prefix, words from the end, fields from the end. */
  budgetOf({ fuzzy = 0 }: SearchQuery, whole: Budget, units: readonly Unit[]): Budget {
    const fits = (budget: Budget) => this.clausesOf(budget, units) <= MAX_CLAUSES
    if (fits(whole)) return whole
    let budget: Budget = { ...whole }
    for (const expansions of fuzzy === 0 ? [] : EXPANSIONS) {
      budget = { ...budget, expansions }
      if (fits(budget)) return budget
    }
    budget = { ...budget, prefix: false }
    if (fits(budget)) return budget
    budget = { ...budget, terms: Math.min(MAX_TERMS, budget.terms) }
    while (!fits(budget) && budget.terms > 1) budget = { ...budget, terms: budget.terms - 1 }
    while (!fits(budget) && budget.fields > 1) budget = { ...budget, fields: budget.fields - 1 }
    return budget
  }

  clausesOf({ expansions, fields, prefix, terms }: Budget, units: readonly Unit[]): number {
    const weightOf = ({ synonyms, token }: Unit) => Math.max(1, synonyms.length + (token === undefined ? 0 : 1))
    const words = units.slice(0, terms).reduce((sum, unit) => sum + weightOf(unit), 0)
    return words * fields * (prefix !== false || expansions > 0 ? 2 : 1) * (1 + expansions)
  }

  wantedOf(query: SearchQuery, q: string, unit: Unit, searched: SearchedField, budget: Budget): Wanted {
    const { analyzer } = searched.field
    const plain = unit.token && this.plainWord(q, unit.token, analyzer)
    const isPrefix = budget.prefix === true || (budget.prefix === "last" && unit.isLast)
    return {
      searched: { ...searched, boost: searched.boost * unit.count },
      alternatives: this.alternativesOf(q, unit, analyzer),
      plain,
      prefix: plain !== undefined && isPrefix,
      edits: plain === undefined || budget.expansions === 0 ? 0 : this.editsOf(query.fuzzy ?? 0, plain),
      expansions: budget.expansions,
    }
  }

  alternativesOf(q: string, { synonyms, token }: Unit, analyzer: AnalyzerName): Token[][] {
    const own = token === undefined ? [] : this.ownWords(q, token, analyzer)
    const others = synonyms.map((text) => this.tokensOf(analyzer, text)).filter((words) => words.length > 0)
    const all = [...own.map((term) => [wordOf(term)]), ...others]
    const textOf = (words: readonly Token[]) => words.map(({ term }) => term).join(" ")
    return [...new Map(all.map((words) => [textOf(words), words])).values()]
  }

  /** In a field that is not cut into words a word stands for itself, and the query as a whole. */
  ownWords(q: string, token: Token, analyzer: AnalyzerName): string[] {
    if (analyzer !== "keyword") return this.termsAt(q, token, analyzer)
    return [...new Set([q.slice(token.start, token.end), q.trim()])]
  }

  /** What an analyzer makes of a word: what begins with it, else what ends with it. */
  termsAt(q: string, token: Token, analyzer: AnalyzerName): string[] {
    if (analyzer === "standard") return [token.term]
    const { ends, starts } = this.placesOf(q, analyzer)
    return starts.get(token.start) ?? ends.get(token.end) ?? []
  }

  /** The terms of a text by where they begin, and by where they end. The last one asked for is kept. */
  placesOf(q: string, analyzer: AnalyzerName): Places {
    const name = `${analyzer} ${q}`
    if (this.#places?.name === name) return this.#places
    const places: Places = { name, starts: new Map(), ends: new Map() }
    for (const { end, start, term } of this.tokensOf(analyzer, q)) {
      places.starts.set(start, [...(places.starts.get(start) ?? []), term])
      places.ends.set(end, [...(places.ends.get(end) ?? []), term])
    }
    this.#places = places
    return places
  }

  /** Prefix and fuzzy look at words as they are written: with their endings, and stop words too. */
  plainAnalyzer(analyzer: AnalyzerName): AnalyzerName {
    return analyzer === "english" || analyzer === "cjk" ? "standard" : analyzer
  }

  plainWord(q: string, token: Token, analyzer: AnalyzerName): string | undefined {
    const plain = this.plainAnalyzer(analyzer)
    return plain === "keyword" ? q.slice(token.start, token.end) : this.termsAt(q, token, plain)[0]
  }

  editsOf(fuzzy: NonNullable<SearchQuery["fuzzy"]>, word: string): number {
    if (fuzzy !== "auto") return fuzzy
    const length = this.lengthOfWord(word)
    return length <= 2 ? 0 : length <= 5 ? 1 : 2
  }

  lengthOfWord(word: string): number {
    return [...word].length
  }

  phraseWords(q: string, searched: readonly SearchedField[]): Words {
    const most = Math.max(1, Math.floor(MAX_CLAUSES / Math.max(1, searched.length)))
    const wanted = searched.map((each): Wanted & { whole: number } => {
      const tokens = this.tokensOf(each.field.analyzer, q)
      const nothing = { plain: undefined, prefix: false, edits: 0, expansions: 0 }
      return { searched: each, alternatives: [tokens.slice(0, most)], ...nothing, whole: tokens.length }
    })
    const found = wanted.filter(({ whole }) => whole > 0)
    const truncated = wanted.some(({ whole }) => whole > most)
    return { match: found.length === 0 ? "none" : "phrase", terms: found.length === 0 ? [] : [found], truncated }
  }
}

function wordOf(term: string): Token {
  return { term, start: 0, end: 0, position: 0 }
}
