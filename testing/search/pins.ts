import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where searches differ, and the clauses that hold each. */
export const searchPins: readonly Pin[] = []
