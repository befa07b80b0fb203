import type { ScorePart } from "../../../../contracts/search/search.ts"
import type { Clause } from "./clause.ts"
import { type ScoreSums, withSums } from "./segment-hits.ts"
import type { TextIndex } from "./text-index.ts"

/** The documents of some clauses, whose sum is rounded by itself. */
export class NestedClause implements Clause {
  readonly #index: TextIndex
  readonly #clauses: readonly Clause[]

  constructor(index: TextIndex, clauses: readonly Clause[]) {
    this.#index = index
    this.#clauses = clauses
  }

  addTo(sums: ScoreSums, segment: number): void {
    const size = this.#index.segments[segment]?.size ?? 0
    const { docs, scores } = withSums(size, (own) => {
      for (const clause of this.#clauses) clause.addTo(own, segment)
    })
    for (let index = 0; index < docs.length; index++) sums.add(docs[index] as number, scores[index] as number)
  }

  explain(segment: number, doc: number): ScorePart[] {
    return this.#clauses.flatMap((clause) => clause.explain(segment, doc))
  }
}
