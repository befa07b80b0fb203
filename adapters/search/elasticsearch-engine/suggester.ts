import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { Suggestion, SuggestQuery } from "../../../contracts/search/search.ts"
import { type Field, fieldOfAll, plainAnalyzerOf, tokensOf, unfitField } from "../../../core/search/for-adapters.ts"
import type { SearchAnswer } from "./answers.ts"
import type { Indexes, IndexState } from "./indexes.ts"
import { plainName } from "./request/field-names.ts"
import { MARKS } from "./request/highlights.ts"
import type { Requests } from "./requests.ts"
import { refuseIncomplete } from "./snapshots.ts"

/** The documents that are looked at: enough to tell frequent words from rare ones. */
const DOCUMENTS = 200
const FRAGMENTS = 5

/** Completes words by those of documents: the words that a search by their beginning marks. */
export class Suggester {
  readonly #requests: Requests
  readonly #indexes: Indexes

  constructor(requests: Requests, indexes: Indexes) {
    this.#requests = requests
    this.#indexes = indexes
  }

  async suggest({ fields, limit = 5, object, signal, text }: SuggestQuery): Promise<Suggestion[]> {
    const last = tokensOf(text, "standard").at(-1)
    const state = await this.#indexes.state(object)
    if (state === undefined) return []
    const searched = fieldsOf(state, fields)
    if (last === undefined || searched.length === 0) return []
    const answer = await this.#requests.call<SearchAnswer | undefined>(
      {
        method: "POST",
        path: `/${this.#indexes.names.alias(object)}/_search`,
        query: { allow_partial_search_results: false },
        body: suggestBody(text.slice(last.start), searched),
      },
      // An index that went away meanwhile has no words.
      { kind: "read", signal, recover: (failure) => (failure.is("index_not_found_exception") ? undefined : failure) },
    )
    if (answer === undefined) return []
    refuseIncomplete(answer)
    const words = mostFrequent(wordsOf(answer, searched, text.slice(last.start)))
    return words.slice(0, limit).map((word) => ({ text: text.slice(0, last.start) + word, word }))
  }
}

function fieldsOf(state: IndexState, paths: readonly string[] | undefined): Field[] {
  if (paths === undefined) return [...state.fields.values()].filter(({ searchable }) => searchable)
  const fields = paths.map((path) => fieldOfAll("fields", path, [state]))
  if (!fields.every(({ searchable }) => searchable)) throw unfitField("fields", "searchable")
  return fields
}

/** The beginning of a word as a field has it. */
function beginningIn(field: Field, beginning: string): string {
  const analyzer = plainAnalyzerOf(field)
  return analyzer === "keyword" ? beginning : (tokensOf(beginning, analyzer)[0]?.term ?? beginning)
}

function suggestBody(beginning: string, fields: readonly Field[]): object {
  const prefixes = fields.map((field) => ({ prefix: { [plainName(field)]: { value: beginningIn(field, beginning) } } }))
  return {
    size: DOCUMENTS,
    _source: false,
    track_total_hits: false,
    query: { bool: { filter: [{ bool: { should: prefixes } }] } },
    highlight: {
      type: "unified",
      encoder: "html",
      pre_tags: [MARKS[0]],
      post_tags: [MARKS[1]],
      number_of_fragments: FRAGMENTS,
      max_analyzed_offset: 999_999,
      fields: Object.fromEntries(fields.map((field) => [plainName(field), {}])),
    },
  }
}

/** The completing words of each document. */
function wordsOf({ hits }: SearchAnswer, fields: readonly Field[], beginning: string): Set<string>[] {
  return hits.hits.map(({ highlight = {} }) => {
    const words = new Set<string>()
    for (const field of fields) {
      const analyzer = plainAnalyzerOf(field)
      const begins = beginningIn(field, beginning)
      const name = plainName(field)
      for (const snippet of (Object.hasOwn(highlight, name) && highlight[name]) || []) {
        for (const [, html = ""] of snippet.matchAll(MARKED)) {
          const text = unescaped(html)
          const terms = analyzer === "keyword" ? [text] : tokensOf(text, analyzer).map(({ term }) => term)
          for (const term of terms) if (term.startsWith(begins)) words.add(term)
        }
      }
    }
    return words
  })
}

const MARKED = /<mark>(.*?)<\/mark>/gs
const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
  "&#x2F;": "/",
}

function unescaped(html: string): string {
  return html.replaceAll(/&(?:amp|lt|gt|quot|#x27|#x2F);/g, (entity) => ENTITIES[entity] as string)
}

/** By how many documents have them, then in the order of words. */
function mostFrequent(documents: readonly Set<string>[]): string[] {
  const counts = new Map<string, number>()
  for (const words of documents) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const inOrder = [...counts].sort(([one, count], [other, more]) => more - count || compareCodePoints(one, other))
  return inOrder.map(([word]) => word)
}
