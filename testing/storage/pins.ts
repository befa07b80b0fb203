import type { Pin } from "../engine/self-proof.ts"

/** The points that the contract decides where storages differ, and the clauses that hold each. */
export const storagePins: readonly Pin[] = []
