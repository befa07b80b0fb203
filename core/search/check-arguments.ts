import { readMembers } from "../../contracts/foundation/members.ts"
import {
  indexDefinitionIssue,
  iterableIssue,
  searchDocumentIssue,
  searchIdIssue,
  searchNameIssue,
  suggestQueryIssue,
  suggestQueryRules,
} from "../../contracts/search/arguments.ts"
import { searchLimitIssue, searchQueryIssue, searchQueryRules } from "../../contracts/search/query-arguments.ts"
import type { SearchQuery } from "../../contracts/search/search.ts"
import type { Refusal } from "../foundation/refusal.ts"
import { copied } from "./copied.ts"

type Arguments = readonly unknown[]

/** The arguments as an implementation takes them, or why the call is refused. */
type Check = (args: Arguments) => Arguments | Refusal

const CHECKS: Readonly<Record<string, Check>> = {
  index([object, id, given]) {
    const doc = copied(given)
    return searchNameIssue(object) ?? searchIdIssue(id) ?? searchDocumentIssue(doc) ?? [object, id, doc]
  },
  search([given]) {
    const query = copied(readMembers(given, searchQueryRules))
    const issue = searchQueryIssue(query)
    if (issue !== undefined) return issue
    const limit = searchLimitIssue(query as SearchQuery)
    return limit === undefined ? [withoutDefaults(query as SearchQuery)] : { code: "LIMIT_EXCEEDED", message: limit }
  },
  deleteIndex: ofName,
  defineIndex([given]) {
    const definition = copied(given)
    return indexDefinitionIssue(definition) ?? [definition]
  },
  listIndexes: () => [],
  get: ofDocument,
  remove: ofDocument,
  bulk: ([operations]) => iterableIssue("operations", operations) ?? [operations],
  reindex: ([object, source]) =>
    searchNameIssue(object) ??
    (source === undefined ? [object] : (iterableIssue("source", source) ?? [object, source])),
  refresh: ([object]) => (object === undefined ? [] : (searchNameIssue(object) ?? [object])),
  suggest([given]) {
    const query = copied(readMembers(given, suggestQueryRules))
    return suggestQueryIssue(query) ?? [query]
  },
}

export function checkArguments(method: string, args: Arguments): Arguments | Refusal {
  return CHECKS[method]?.(args) ?? args
}

function ofName([name]: Arguments): Arguments | Refusal {
  return searchNameIssue(name) ?? [name]
}

function ofDocument([object, id]: Arguments): Arguments | Refusal {
  return searchNameIssue(object) ?? searchIdIssue(id) ?? [object, id]
}

/** What asks for nothing needs no capability. */
function withoutDefaults({ facets, sort, ...query }: SearchQuery): SearchQuery {
  return {
    ...query,
    ...(facets !== undefined && facets.length > 0 && { facets }),
    ...(sort !== undefined && sort.length > 0 && { sort }),
  }
}
