/** How good a ranking is, and how like another. */

/** The best first. */
export type Ranking = readonly { readonly id: string; readonly score: number }[]
/** How relevant documents are, where that is above 0 or known to be 0. */
type Grades = ReadonlyMap<string, number>

const FIRST = 10
const DEPTH = 100

/** Gain of what is found among the first ten, over that of the best order there is. */
export function ndcg(ranking: Ranking, grades: Grades): number {
  const best = gain([...grades.values()].sort((left, right) => right - left))
  return best === 0 ? 0 : gain(ranking.map(({ id }) => grades.get(id) ?? 0)) / best
}

function gain(grades: readonly number[]): number {
  return grades.slice(0, FIRST).reduce((sum, grade, rank) => sum + (2 ** grade - 1) / Math.log2(rank + 2), 0)
}

/** Mean, over what is relevant, of the precision at its rank, among the first hundred. */
export function averagePrecision(ranking: Ranking, grades: Grades): number {
  let found = 0
  let sum = 0
  for (const [rank, { id }] of ranking.slice(0, DEPTH).entries()) {
    if ((grades.get(id) ?? 0) === 0) continue
    found++
    sum += found / (rank + 1)
  }
  const relevant = [...grades.values()].filter((grade) => grade > 0).length
  return relevant === 0 ? 0 : sum / relevant
}

/** The part of the reference's first ten that is among the ranking's. */
export function overlap(ranking: Ranking, reference: Ranking): number {
  const wanted = reference.slice(0, FIRST)
  const ids = new Set(ranking.slice(0, FIRST).map(({ id }) => id))
  return wanted.length === 0 ? 1 : wanted.filter(({ id }) => ids.has(id)).length / wanted.length
}

/** 1 where the first ten are the same, in one order and with the same 32-bit scores; else 0. */
export function equality(ranking: Ranking, reference: Ranking): number {
  const [ours, theirs] = [ranking.slice(0, FIRST), reference.slice(0, FIRST)]
  const same = theirs.every(({ id, score }, rank) => ours[rank]?.id === id && ours[rank]?.score === score)
  return same && ours.length === theirs.length ? 1 : 0
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
