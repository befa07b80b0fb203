/** The queue contract. */
export * from "./queue.ts"
