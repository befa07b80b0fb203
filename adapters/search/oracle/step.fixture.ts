import type { BulkOperation, IndexDefinition, ReindexDocument, SearchQuery } from "../../../contracts/search/search.ts"

/** What is done to a search. */
export type OracleStep =
  | { readonly do: "define"; readonly definition: IndexDefinition }
  | { readonly do: "index"; readonly object: string; readonly id: string; readonly doc: Record<string, unknown> }
  | { readonly do: "remove"; readonly object: string; readonly id: string }
  | { readonly do: "bulk"; readonly operations: readonly BulkOperation[] }
  | { readonly do: "reindex"; readonly object: string; readonly source: readonly ReindexDocument[] | undefined }
  | { readonly do: "search"; readonly query: SearchQuery }
  /** With a bulk behind the first page. */
  | { readonly do: "walk"; readonly query: SearchQuery; readonly operations: readonly BulkOperation[] }
