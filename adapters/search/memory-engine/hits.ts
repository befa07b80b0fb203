import type { AnalyzerName, HighlightSpec, Scalar, SearchHit, SearchQuery } from "../../../contracts/search/search.ts"
import {
  analyzerOf,
  documentsShown,
  type Field,
  plainAnalyzerOf,
  type QueryPlan,
  throwIfAborted,
  visitValues,
} from "../../../core/search/for-adapters.ts"
import { Turns } from "../../kit/turns.ts"
import { markedRanges, type Tokenizer } from "./highlight/marked-ranges.ts"
import { type Ranges, unionOfRanges } from "./highlight/ranges.ts"
import { highlightTexts } from "./highlight/snippets.ts"
import type { MemoryIndex } from "./memory-index.ts"
import type { Found } from "./run-query.ts"
import { type MatchedWords, matchedWords } from "./text/matched-words.ts"
import { explainerOf } from "./text/search-text.ts"
import { type FoundHit, idOf, type SegmentView } from "./views.ts"

type Document = Record<string, unknown>

/**
 * The hits of a page as the caller gets them. Others have their turn where texts are long.
 *
 * @throws ServiceError ABORTED where the caller's signal aborts meanwhile.
 */
export async function hitsOf(
  { hits }: Found,
  query: SearchQuery,
  plan: QueryPlan,
  views: readonly SegmentView[],
): Promise<SearchHit[]> {
  const { explain = false, highlight = false, select, signal } = query
  const texts = views.map(({ segment }) => segment.text)
  const highlighter = highlight === false || hits.length === 0 ? undefined : new Highlighter(highlight, plan, views)
  const explainer = explain ? explainerOf(texts, plan) : undefined
  const shown = new Map<MemoryIndex, (doc: Document) => Document>()
  const shownOf = (index: MemoryIndex) => {
    const known = shown.get(index) ?? documentsShown(index.fields, select)
    shown.set(index, known)
    return known
  }
  const hitOf = ({ doc, score, view }: FoundHit): SearchHit => {
    const { index, segment } = view
    const whole = JSON.parse(segment.sources[doc] as string) as Document
    return {
      id: idOf(view, doc),
      object: index.name,
      score,
      doc: shownOf(index)(whole),
      ...(highlighter !== undefined && { highlights: highlighter.of(whole) }),
      ...(explainer !== undefined && { explanation: explainer(views.indexOf(view), doc) }),
    }
  }
  const turns = new Turns()
  const made: SearchHit[] = []
  for (const hit of hits) {
    if (turns.isOver) {
      await turns.pass()
      throwIfAborted(signal)
    }
    made.push(hitOf(hit))
  }
  return made
}

const FRAGMENTS = 3
const FRAGMENT_LENGTH = 160

/** What of the documents of a result is marked. */
class Highlighter {
  readonly #words: ReadonlyMap<string, MatchedWords>
  readonly #fields: ReadonlyMap<string, Field>
  readonly #spec: { readonly fragments: number; readonly fragmentLength: number }

  constructor(highlight: true | HighlightSpec, plan: QueryPlan, views: readonly SegmentView[]) {
    const { fields, fragmentLength = FRAGMENT_LENGTH, fragments = FRAGMENTS } = highlight === true ? {} : highlight
    this.#spec = { fragments, fragmentLength }
    this.#words = matchedWords(
      plan,
      views.map(({ segment }) => segment.text),
    )
    const searched = plan.match === "phrase" ? plan.phrases : plan.terms.flatMap((term) => term.fields)
    const asked = searched.filter(({ field }) => field.stored && (fields === undefined || fields.includes(field.path)))
    this.#fields = new Map(asked.map(({ field }) => [field.path, field]))
  }

  of(doc: Document): Record<string, string[]> {
    const texts = new Map<string, string[]>()
    visitValues(doc, (path: string, value: Scalar) => {
      if (typeof value !== "string" || !this.#fields.has(path)) return
      const own = texts.get(path)
      if (own === undefined) texts.set(path, [value])
      else own.push(value)
    })
    const highlights: Record<string, string[]> = {}
    for (const [path, field] of this.#fields) {
      const snippets = highlightTexts(texts.get(path) ?? [], (text) => this.#rangesOf(text, field), this.#spec)
      if (snippets.length > 0) highlights[path] = snippets
    }
    return highlights
  }

  #rangesOf(text: string, field: Field): Ranges {
    const { phrases, plainPrefixes, plainTerms, terms } = this.#words.get(field.path) as MatchedWords
    const isPlain = (term: string) => plainTerms.has(term) || plainPrefixes.some((prefix) => term.startsWith(prefix))
    const plain = plainAnalyzerOf(field)
    if (plain === field.analyzer) {
      return markedRanges(text, tokenizer(plain), (term) => terms.has(term) || isPlain(term), phrases)
    }
    const own = markedRanges(text, tokenizer(field.analyzer), (term) => terms.has(term), phrases)
    return plainTerms.size + plainPrefixes.length === 0
      ? own
      : unionOfRanges(own, markedRanges(text, tokenizer(plain), isPlain))
  }
}

function tokenizer(name: AnalyzerName): Tokenizer {
  return analyzerOf(name)
}
