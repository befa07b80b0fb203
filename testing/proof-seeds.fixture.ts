/** `npm test` proves the catalogues for one seed, `npm run proof` for five. */
export const PROOF_SEEDS: readonly number[] = process.env["PROOF"] === "whole" ? [1, 2, 3, 4, 5] : [1]

/** What a run gives for each seed. They run side by side, since runs mostly wait, unless `inTurn`. */
export async function forEachSeed<Result>(run: (seed: number) => Promise<Result>, inTurn = false): Promise<Result[]> {
  if (!inTurn) return Promise.all(PROOF_SEEDS.map(run))
  const results: Result[] = []
  for (const seed of PROOF_SEEDS) results.push(await run(seed))
  return results
}
