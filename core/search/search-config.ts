import * as z from "zod/mini"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { SEARCH_ANALYZERS, searchNameIssue } from "../../contracts/search/arguments.ts"
import type { AnalyzerName, FieldDefinition, IndexDefinition } from "../../contracts/search/search.ts"

const fieldSchema = z.strictObject({
  name: z.string(),
  type: z.enum(["text", "keyword", "number", "date", "boolean", "geo"]),
  /** One of ours, or a key of `analyzers`. */
  analyzer: z.optional(z.string()),
  searchable: z._default(z.boolean(), true),
  /** Also whether it makes facets, as one of `facets` does. */
  filterable: z._default(z.boolean(), false),
  sortable: z._default(z.boolean(), false),
  boost: z._default(z.number(), 1),
})

const indexSchema = z.strictObject({
  indexName: z.string(),
  /** The `object` of calls. */
  objectName: z.string(),
  fields: z.array(fieldSchema),
  replicas: z._default(z.int(), 1),
  shards: z._default(z.int(), 1),
})

const analyzerSchema = z.strictObject({
  type: z.enum(["standard", "simple", "whitespace", "keyword", "pattern", "language"]),
  language: z.optional(z.string()),
  stopwords: z.optional(z.array(z.string())),
  customFilters: z.optional(z.array(z.string())),
})

/** The search document of the requirement document, with its defaults; `options` are those of the adapter. */
export const searchConfigSchema = z.strictObject({
  /** The adapter of that name. */
  provider: z.enum(["elasticsearch", "algolia", "meilisearch", "typesense", "opensearch"]),
  /** They are defined before the first call, and when `ready()` resolves. */
  indexes: z.array(indexSchema),
  analyzers: z.optional(z.record(z.string(), analyzerSchema)),
  facets: z.optional(
    z.array(
      z.strictObject({
        field: z.string(),
        /** The limit of facets of this field that say none. */
        maxValues: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 10),
        sort: z._default(z.enum(["count", "alpha"]), "count"),
      }),
    ),
  ),
  /** Given as true, queries that do not say `fuzzy` are `auto`. */
  typoTolerance: z._default(z.boolean(), true),
  /** A word to those that stand for it. */
  synonyms: z.optional(z.record(z.string(), z.array(z.string()))),
  ranking: z.optional(z.array(z.string())),
})
export type SearchConfig = z.input<typeof searchConfigSchema>
export type ParsedSearch = z.output<typeof searchConfigSchema>
type ParsedField = ParsedSearch["indexes"][number]["fields"][number]
type ParsedAnalyzer = NonNullable<ParsedSearch["analyzers"]>[string]

const CJK: readonly string[] = ["cjk", "chinese", "japanese", "korean"]

/** What no search does, whatever its adapter. */
export function searchIssues(document: ParsedSearch, path: string): ErrorIssue[] {
  const { analyzers = {}, facets = [], indexes, ranking } = document
  const issues: ErrorIssue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  if (ranking !== undefined) refuse("ranking", "must be left out, since scores rank hits; queries may sort")
  for (const [name, analyzer] of Object.entries(analyzers)) {
    if (analyzerFor(analyzer) === undefined) {
      const known =
        "standard, keyword, a language that is english, chinese, japanese or korean, or standard with asciifolding"
      refuse(`analyzers.${name}`, `must be ${known}, without stopwords`)
    }
  }
  for (const [index, { field, sort }] of facets.entries()) {
    if (sort === "alpha") refuse(`facets.${index}.sort`, "must be count, since the most frequent values come first")
    if (!indexes.some(({ fields }) => fields.some(({ name }) => name === field))) {
      refuse(`facets.${index}.field`, "must be a field of one of the indexes")
    }
  }
  for (const [at, index] of indexes.entries()) {
    const { fields, indexName, objectName, replicas, shards } = index
    const key = `indexes.${at}`
    const issue = searchNameIssue(objectName)
    if (issue !== undefined) refuse(`${key}.objectName`, "must be the name of an index: a-z, 0-9, _ and -")
    if (indexName !== objectName) refuse(`${key}.indexName`, "must be the objectName, since indexes are called by it")
    if (indexes.findIndex((other) => other.objectName === objectName) < at) {
      refuse(`${key}.objectName`, "must be that of one index; another one has it too")
    }
    if (shards !== 1) refuse(`${key}.shards`, `must be 1, since scores of several are not comparable; got ${shards}`)
    if (replicas !== indexes[0]?.replicas) {
      refuse(`${key}.replicas`, `must be that of all indexes, ${indexes[0]?.replicas}; got ${replicas}`)
    }
    for (const [number, field] of fields.entries()) {
      for (const [name, message] of fieldIssues(field, analyzers)) refuse(`${key}.fields.${number}.${name}`, message)
    }
  }
  return issues
}

function fieldIssues({ analyzer, type }: ParsedField, analyzers: Readonly<Record<string, ParsedAnalyzer>>) {
  const issues: [name: string, message: string][] = []
  if (type === "geo") issues.push(["type", "must be text, keyword, number, date or boolean; got geo"])
  if (analyzer === undefined) return issues
  if (type !== "text") issues.push(["analyzer", `must be left out, since only a text has one; got type ${type}`])
  const isKnown = (SEARCH_ANALYZERS as readonly string[]).includes(analyzer) || Object.hasOwn(analyzers, analyzer)
  if (!isKnown) issues.push(["analyzer", `must be one of ${SEARCH_ANALYZERS.join(", ")}, or a key of analyzers`])
  return issues
}

function analyzerFor({ customFilters = [], language, stopwords, type }: ParsedAnalyzer): AnalyzerName | undefined {
  if (stopwords !== undefined) return undefined
  const [filter, ...others] = customFilters
  if (type === "standard" && filter === "asciifolding" && others.length === 0) return "folding"
  if (filter !== undefined) return undefined
  if (type === "standard" || type === "keyword") return type
  if (type !== "language" || language === undefined) return undefined
  if (language === "english") return "english"
  return CJK.includes(language) ? "cjk" : undefined
}

/** The indexes that the document defines. */
export function definitionsOf({
  analyzers = {},
  facets = [],
  indexes,
  synonyms = {},
}: ParsedSearch): IndexDefinition[] {
  const groups = Object.entries(synonyms).map(([word, others]) => [word, ...others])
  const analyzerOf = (name: string) => {
    const own = analyzers[name]
    return own === undefined ? (name as AnalyzerName) : analyzerFor(own)
  }
  return indexes.map(({ fields, objectName }): IndexDefinition => {
    const defined = fields.map(({ analyzer, boost, filterable, name, searchable, sortable, type }) => {
      const isText = type === "text" || type === "keyword"
      const facetable = filterable || facets.some(({ field }) => field === name)
      const definition: FieldDefinition = {
        type: type as FieldDefinition["type"],
        boost,
        facetable,
        filterable,
        sortable,
        ...(isText && { searchable }),
        ...(analyzer !== undefined && { analyzer: analyzerOf(analyzer) }),
      }
      return [name, definition] as const
    })
    return { name: objectName, fields: Object.fromEntries(defined), ...(groups.length > 0 && { synonyms: groups }) }
  })
}
