import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where tracings differ, and the clauses that hold each. */
export const tracingPins: readonly Pin[] = []
