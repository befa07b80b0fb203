/** `npm test` proves the catalogues for one seed, `npm run proof` for five. */
export const PROOF_SEEDS: readonly number[] = process.env["PROOF"] === "whole" ? [1, 2, 3, 4, 5] : [1]
