/** The search contract. */
export * from "./search.ts"
