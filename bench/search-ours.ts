/** Ours, by its public contract. */
import { createMemorySearch } from "../adapters/search/memory.ts"
import type { BulkOperation, FieldDefinition, IndexDefinition } from "../contracts/search/indexing.ts"
import type { FacetResult, SearchQuery } from "../contracts/search/query.ts"
import type { Search } from "../contracts/search/search.ts"
import type { BenchDocument } from "./search-corpus.ts"
import type { Engine } from "./search-engine.ts"
import { FACET_LIMIT, FACETS, HITS, isFaceted, type Question } from "./search-questions.ts"

const OBJECT = "documents"
const column: FieldDefinition = { type: "keyword", searchable: false, stored: false }
const text: FieldDefinition = { type: "text", filterable: false, facetable: false, sortable: false, stored: false }

/** Words with positions, and what facets count. Documents are not stored, as none of the others does. */
const DEFINITION: IndexDefinition = {
  name: OBJECT,
  fields: { text, pos: column, file: column, words: { type: "number", stored: false } },
}

/** As the others, which know of no other fields where only words are looked for. */
const TEXT_ALONE: IndexDefinition = { name: OBJECT, fields: { text } }

export const ourEngine = (documents: Iterable<BenchDocument>) => engineOf(DEFINITION, documents)
export const ourTextEngine = (documents: Iterable<BenchDocument>) => engineOf(TEXT_ALONE, documents)

async function engineOf(definition: IndexDefinition, documents: Iterable<BenchDocument>): Promise<Engine> {
  const search = await ourSearch(documents, definition)
  return {
    async ask(question) {
      const { facets, hits, total } = await search.search(queryOf(question))
      const ids = hits.map(({ id }) => id)
      return { ids, total, ...(facets && { facets: countsOfEach(facets) }) }
    },
    replace: (document) => search.index(OBJECT, document.id, docOf(document, definition)),
    close: () => search.close(),
  }
}

async function ourSearch(documents: Iterable<BenchDocument>, definition: IndexDefinition): Promise<Search> {
  const search = createMemorySearch()
  await search.defineIndex(definition)
  const { failed } = await search.bulk(operationsOf(documents, definition))
  if (failed > 0) throw new Error(`${failed} documents were refused`)
  return search
}

function* operationsOf(documents: Iterable<BenchDocument>, definition: IndexDefinition): Generator<BulkOperation> {
  for (const document of documents) {
    yield { op: "index", object: OBJECT, id: document.id, doc: docOf(document, definition) }
  }
}

function docOf({ id: _, ...doc }: BenchDocument, definition: IndexDefinition): Record<string, unknown> {
  return definition === TEXT_ALONE ? { text: doc.text } : doc
}

function queryOf({ kind, pos, words }: Question): SearchQuery {
  return {
    object: OBJECT,
    q: words.join(" "),
    fields: ["text"],
    limit: HITS,
    ...(kind === "phrase" && { phrase: true }),
    ...(kind === "prefix" && { prefix: true }),
    ...(kind === "fuzzy" && { fuzzy: 1 }),
    ...(kind === "filter" && pos !== undefined && { where: { field: "pos", op: "eq", value: pos } }),
    ...(isFaceted(kind) && { facets: FACETS.map((field) => ({ field, limit: FACET_LIMIT })) }),
  }
}

function countsOfEach(facets: Readonly<Record<string, FacetResult>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(facets).map(([facet, values]) => [facet, values.map(({ count }) => count)]))
}
