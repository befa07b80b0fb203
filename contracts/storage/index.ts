/** The object storage contract. */
export * from "./storage.ts"
