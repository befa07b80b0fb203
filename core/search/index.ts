/** The search: what makes one of an implementation. */
export type * from "../../contracts/search/search.ts"
export { type AsSearchOptions, asSearch } from "./portable-search.ts"
