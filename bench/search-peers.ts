/** Other engines of search in this process, set up as their documentation says, with our tokens. */
import { tokensOf } from "./search-corpus.ts"
import type { SearchPeer } from "./search-engine.ts"
import { FACET_LIMIT, FACETS, HITS, isFaceted, type Question } from "./search-questions.ts"

/** It takes half a minute to index twice as many. */
const LUNR_MOST = 50_000

export const otherPeers: readonly SearchPeer[] = [
  {
    package: "@orama/orama",
    name: "Orama",
    note: "Orama, words also as prefixes: its exact match wants all words, as they are written",
    loose: true,
    kinds: ["terms", "prefix", "filter", "all"],
    async open(documents) {
      const { create, insert, search } = await import("@orama/orama")
      const tokenizer = { language: "english", normalizationCache: new Map(), tokenize: tokensOf }
      const schema = { text: "string", pos: "enum", file: "enum", words: "enum" }
      const orama = create({ schema, components: { tokenizer } })
      for (const document of documents) insert(orama, document)
      const facets = Object.fromEntries(FACETS.map((facet) => [facet, {}]))
      return {
        async ask({ kind, pos, words }) {
          const result = await search(orama, {
            term: words.join(" "),
            properties: ["text"],
            limit: HITS,
            ...(kind === "filter" && { where: { pos: { eq: pos } } }),
            ...(isFaceted(kind) && { facets }),
          })
          const ids: string[] = result.hits.map(({ id }: { id: string }) => id)
          return { ids, total: result.count, ...(kind === "all" && { facets: countsOfOrama(result.facets) }) }
        },
      }
    },
  },
  {
    package: "flexsearch",
    name: "FlexSearch",
    note: "FlexSearch, no BM25, no total",
    kinds: ["terms"],
    async open(documents) {
      const { Index } = await import("flexsearch")
      const index = new Index({ tokenize: "strict", encode: tokensOf })
      for (const { id, text } of documents) index.add(id, text)
      return {
        ask: ({ words }) => ({ ids: index.search(words.join(" "), { limit: HITS, suggest: true }).map(String) }),
      }
    },
  },
  {
    package: "lunr",
    name: "lunr",
    kinds: ["terms", "prefix", "fuzzy"],
    most: LUNR_MOST,
    async open(documents) {
      const { default: lunr } = await import("lunr")
      const builder = new lunr.Builder()
      builder.field("text")
      builder.tokenizer = (text: string) => tokensOf(text).map((token) => new lunr.Token(token, {}))
      for (const document of documents) builder.add(document)
      const index = builder.build()
      return {
        ask({ kind, words }) {
          const found: { ref: string }[] = index.query((query: { term(word: string, options: object): void }) => {
            const { wildcard } = lunr.Query
            for (const word of words) {
              query.term(word, {
                usePipeline: false,
                ...(kind === "prefix" && { wildcard: wildcard.TRAILING }),
                ...(kind === "fuzzy" && { editDistance: 1 }),
              })
            }
          })
          return { ids: found.slice(0, HITS).map(({ ref }) => ref), total: found.length }
        },
      }
    },
  },
  {
    package: "better-sqlite3",
    name: "SQLite FTS5",
    kinds: ["terms", "phrase", "prefix", "filter", "all"],
    async open(documents) {
      const { default: Database } = await import("better-sqlite3")
      const database = new Database(":memory:")
      // Our tokens, with a space between them, are its words as they stand.
      database.exec(`
        CREATE TABLE documents (place INTEGER PRIMARY KEY, id TEXT, pos TEXT, file TEXT, words INTEGER);
        CREATE VIRTUAL TABLE texts USING fts5 (text, content='', tokenize="unicode61 remove_diacritics 0 tokenchars '''.,:;_·'");
      `)
      const addRow = database.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?)")
      const addText = database.prepare("INSERT INTO texts (rowid, text) VALUES (?, ?)")
      database.transaction(() => {
        let place = 0
        for (const { file, id, pos, text, words } of documents) {
          addRow.run(place, id, pos, file, words)
          addText.run(place++, tokensOf(text).join(" "))
        }
      })()
      const statementsFor = sqliteStatements(database)
      return {
        ask(question) {
          const { counts, hits, total } = statementsFor(question)
          const given = parametersOf(question)
          const ids = hits.all(...given) as string[]
          const facets = counts.map((count) => count.all(...given) as number[])
          const [pos = [], file = [], words = []] = facets
          return {
            ids,
            total: total.get(...given) as number,
            ...(facets.length > 0 && { facets: { pos, file, words } }),
          }
        },
        close: () => database.close(),
      }
    },
  },
]

interface OramaFacets {
  readonly [facet: string]: { readonly values: Readonly<Record<string, number>> }
}

function countsOfOrama(facets: OramaFacets): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(facets).map(([facet, { values }]) => {
      return [
        facet,
        Object.values(values)
          .sort((left, right) => right - left)
          .slice(0, FACET_LIMIT),
      ]
    }),
  )
}

interface Statement {
  all(...given: unknown[]): unknown[]
  get(...given: unknown[]): unknown
}

/** Hits, their number and the counts of facets, of each kind of question. */
function sqliteStatements(database: { prepare(sql: string): Statement & { pluck(): Statement } }) {
  const prepare = (sql: string) => database.prepare(sql).pluck()
  const counts = (from: string) =>
    FACETS.map((facet) => {
      return prepare(`SELECT count(*) ${from} GROUP BY ${facet} ORDER BY count(*) DESC LIMIT ${FACET_LIMIT}`)
    })
  const statements = (from: string, order: string, facets: Statement[]) => ({
    hits: prepare(`SELECT id ${from} ORDER BY ${order} LIMIT ${HITS}`),
    total: prepare(`SELECT count(*) ${from}`),
    counts: facets,
  })
  const match = "FROM texts JOIN documents ON place = texts.rowid WHERE texts MATCH ?"
  const every = {
    match: {
      ...statements(match, "rank", []),
      total: prepare("SELECT count(*) FROM texts WHERE texts MATCH ?"),
    },
    filter: statements(`${match} AND pos = ?`, "rank", counts(`${match} AND pos = ?`)),
    all: statements("FROM documents", "place", counts("FROM documents")),
  }
  return ({ kind }: Question) => (kind === "filter" || kind === "all" ? every[kind] : every.match)
}

function parametersOf({ kind, pos, words }: Question): string[] {
  if (kind === "all") return []
  const quoted = words.map((word) => `"${word.replaceAll('"', '""')}"`)
  if (kind === "phrase") return [quoted.join(" + ")]
  if (kind === "prefix") return quoted.map((word) => `${word}*`)
  return [quoted.join(" OR "), ...(pos === undefined ? [] : [pos])]
}
