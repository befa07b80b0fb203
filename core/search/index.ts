/** The search: what makes one of an implementation. */
export type * from "../../contracts/search/search.ts"
export type { SearchInstanceConfig } from "./document.ts"
export { type AsSearchOptions, asSearch } from "./portable-search.ts"
export type { SearchConfig } from "./search-config.ts"
