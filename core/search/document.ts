import { err, ok } from "neverthrow"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { indexDefinitionIssue } from "../../contracts/search/arguments.ts"
import type { Search, SearchCapabilities } from "../../contracts/search/search.ts"
import {
  type DocumentOption,
  type DocumentPlan,
  INSTANCE_KEYS,
  type InstanceConfig,
  type ServiceDocument,
} from "../foundation/document.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, optionNames, schemaIssues } from "../foundation/schema.ts"
import {
  definitionsOf,
  type ParsedSearch,
  type SearchConfig,
  searchConfigSchema,
  searchIssues,
} from "./search-config.ts"

/** Configuration of a search: with the keys of the search document, it says which indexes there are, and in what. */
export type SearchInstanceConfig = InstanceConfig & SearchConfig

const KEYS = optionNames(searchConfigSchema)

/** Translates a search document; what no search honours is refused, each with its path. */
export const searchDocument: ServiceDocument = {
  keys: KEYS,
  read(raw, path) {
    const parsed = parseSchema(searchConfigSchema, raw)
    if (parsed.issues === undefined) return ok(translate(parsed.data, raw["typoTolerance"] === true, path))
    const issues = schemaIssues(searchConfigSchema, parsed.issues, [...INSTANCE_KEYS, ...KEYS])
    return err(issues.map((issue) => issueAt(path, issue)))
  },
}

/** @param isFuzzy Whether `typoTolerance` is given as true: its default asks for nothing. */
function translate(document: ParsedSearch, isFuzzy: boolean, path: string): DocumentPlan {
  const { facets = [], provider } = document
  const issues = searchIssues(document, path)
  const definitions = definitionsOf(document)
  if (issues.length === 0) issues.push(...definitionIssues(definitions, path))
  const layers = {
    definitions,
    facetLimits: new Map(facets.map(({ field, maxValues }) => [field, maxValues])),
    isFuzzy,
  }
  return {
    adapter: { name: provider, path: `${path}.provider`, standIn: "memory" },
    issues,
    options: optionsOf(document, path),
    parts: [],
    described: definitions.length === 0 ? [] : [indexesOf(definitions, path)],
    check: () => [],
    lacking: (instance) => lackingOf(document, isFuzzy, (instance as Search).capabilities, path),
    async compose(instance) {
      const { composeSearch } = await import("./compose-document.ts")
      return composeSearch(instance as Search, layers)
    },
  }
}

/** Copies are of no use to an adapter that has no such option. */
function optionsOf({ indexes: [first] }: ParsedSearch, path: string): DocumentOption[] {
  if (first === undefined || first.replicas === 1) return []
  const source = `${path}.indexes.0.replicas`
  return [{ key: "replicas", value: first.replicas, source, given: true, optional: true }]
}

function indexesOf(definitions: ReturnType<typeof definitionsOf>, path: string) {
  return { key: "indexes", value: definitions.map(({ name }) => name), source: `${path}.indexes` }
}

/** What the contract refuses of a definition, such as a path with a star. */
function definitionIssues(definitions: ReturnType<typeof definitionsOf>, path: string): ErrorIssue[] {
  return definitions.flatMap((definition, at) => {
    const message = indexDefinitionIssue(definition)
    return message === undefined ? [] : [{ path: `${path}.indexes.${at}`, message }]
  })
}

function lackingOf(
  { facets, indexes, synonyms }: ParsedSearch,
  isFuzzy: boolean,
  has: SearchCapabilities,
  path: string,
) {
  const issues: ErrorIssue[] = []
  const refuse = (key: string, what: string) =>
    issues.push({ path: `${path}.${key}`, message: `must be left out, since this adapter has no ${what}` })
  if (indexes.length > 0 && !has.indexing) refuse("indexes", "definitions of indexes")
  if (facets !== undefined && !has.facets) refuse("facets", "facets")
  if (synonyms !== undefined && !has.synonyms) refuse("synonyms", "synonyms")
  if (isFuzzy && !has.fuzzy) refuse("typoTolerance", "fuzzy words")
  return issues
}
