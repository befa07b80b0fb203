import type { ScorePart } from "../../../../contracts/search/search.ts"
import type { ScoreSums } from "./segment-hits.ts"

/** What documents may match, each with a score. */
export interface Clause {
  /** Adds the documents of a segment with their scores. */
  addTo(sums: ScoreSums, segment: number): void
  /** Its share in the score of a document; none where the document does not match. */
  explain(segment: number, doc: number): ScorePart[]
}
