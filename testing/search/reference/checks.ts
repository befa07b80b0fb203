import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import {
  bulkOperationIssue,
  indexDefinitionIssue,
  iterableIssue,
  reindexDocumentIssue,
  searchDocumentIssue,
  searchIdIssue,
  searchNameIssue,
  suggestQueryIssue,
} from "../../../contracts/search/arguments.ts"
import { searchLimitIssue, searchQueryIssue } from "../../../contracts/search/query-arguments.ts"
import type { IndexDefinition, SearchCapabilities, SearchQuery } from "../../../contracts/search/search.ts"
import { ReferenceService } from "../../foundation/reference-service.ts"
import type { SearchStore } from "./store.ts"

/** What the reference search refuses before it looks at anything. */
export abstract class ReferenceChecks extends ReferenceService<SearchStore> {
  override readonly service = "search"
  abstract readonly capabilities: SearchCapabilities

  checkName(name: unknown): void {
    this.checkOpen()
    this.refuseIf(this.nameIssue(name))
  }

  nameIssue(name: unknown): string | undefined {
    return searchNameIssue(name)
  }

  checkId(id: unknown): void {
    this.refuseIf(this.idIssue(id))
  }

  idIssue(id: unknown): string | undefined {
    return searchIdIssue(id)
  }

  checkDocument(doc: unknown): void {
    this.refuseIf(this.documentIssue(doc))
  }

  documentIssue(doc: unknown): string | undefined {
    return searchDocumentIssue(doc)
  }

  checkQuery(query: unknown): void {
    this.checkOpen()
    this.refuseIf(this.queryIssue(query))
    const limit = this.limitIssue(query as SearchQuery)
    if (limit !== undefined) this.refuse("LIMIT_EXCEEDED", limit)
    this.checkOffered(query as SearchQuery)
    this.checkSignal((query as SearchQuery).signal)
  }

  queryIssue(query: unknown): string | undefined {
    return searchQueryIssue(query)
  }

  limitIssue(query: SearchQuery): string | undefined {
    return searchLimitIssue(query)
  }

  /** What a query asks for must be among the capabilities. */
  checkOffered(query: SearchQuery): void {
    const { cursor, explain = false, facets = [], fuzzy = 0, highlight = false, native, phrase = false } = query
    const { prefix = false, sort = [] } = query
    this.checkOffer("cursor", cursor !== undefined)
    this.checkOffer("explain", explain)
    this.checkOffer("facets", facets.length > 0)
    this.checkOffer(
      "disjunctiveFacets",
      facets.some(({ disjunctive }) => disjunctive === true),
    )
    this.checkOffer("fuzzy", fuzzy !== 0)
    this.checkOffer("highlight", highlight !== false)
    this.checkOffer("native", native !== undefined)
    this.checkOffer("phrase", phrase)
    this.checkOffer("prefix", prefix !== false)
    this.checkOffer("sort", sort.length > 0)
  }

  checkOffer(capability: keyof SearchCapabilities, isAsked: boolean): void {
    if (isAsked && this.capabilities[capability] === false) {
      this.refuse("UNSUPPORTED", `This search has no ${capability}.`)
    }
  }

  checkDefinition(definition: unknown): void {
    this.checkOpen()
    this.refuseIf(this.definitionIssue(definition))
    const { fields, synonyms = [] } = definition as IndexDefinition
    this.checkOffer("synonyms", synonyms.length > 0)
    for (const { analyzer = "standard" } of Object.values(fields)) this.checkAnalyzer(analyzer)
  }

  definitionIssue(definition: unknown): string | undefined {
    return indexDefinitionIssue(definition)
  }

  checkAnalyzer(analyzer: string): void {
    if (this.capabilities.analyzers.includes(analyzer) || analyzer === "standard") return
    this.refuse("UNSUPPORTED", "This search has no such analyzer.")
  }

  checkOperation(operation: unknown): void {
    this.refuseIf(this.operationIssue(operation))
  }

  operationIssue(operation: unknown): string | undefined {
    return bulkOperationIssue(operation)
  }

  checkSource(name: string, source: unknown): void {
    this.refuseIf(iterableIssue(name, source))
  }

  checkSourceDocument(document: unknown): void {
    this.refuseIf(reindexDocumentIssue(document))
  }

  checkSuggest(query: unknown): void {
    this.checkOpen()
    this.refuseIf(this.suggestIssue(query))
    this.checkSignal((query as SearchQuery).signal)
  }

  suggestIssue(query: unknown): string | undefined {
    return suggestQueryIssue(query)
  }

  checkSignal(signal: AbortSignal | undefined): void {
    if (signal?.aborted) this.refuse("ABORTED", "The call was aborted by its signal.")
  }

  /** Refuses with the reason that callers tell errors apart by. */
  refuseFor(code: ErrorCode, reason: string, message: string): never {
    throw new ServiceError(code, message, { service: this.service, adapter: "reference", details: { reason } })
  }
}
