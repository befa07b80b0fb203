import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { Scalar, SearchQuery } from "../../../contracts/search/search.ts"
import { ReferenceFacets } from "./facets.ts"
import type { Scored } from "./scoring.ts"
import type { HeldDocument, HeldIndex } from "./store.ts"

type SortKey = NonNullable<SearchQuery["sort"]>[number]

/** In which order hits come, in small methods that mutants change one of. */
export abstract class ReferenceSorting extends ReferenceFacets {
  checkSort(sort: readonly SortKey[], indexes: readonly HeldIndex[]): void {
    for (const { field } of sort) this.fieldOfAll(field, "sortable", indexes)
  }

  sorted(found: readonly Scored[], sort: readonly SortKey[], indexes: readonly HeldIndex[]): Scored[] {
    if (sort.length === 0) return found.toSorted((one, other) => this.compareScores(one, other))
    const keyed = found.map((scored) => ({ scored, keys: this.sortKeys(scored.document, sort, indexes) }))
    return keyed
      .toSorted((one, other) => {
        return (
          this.compareKeys(one.keys, other.keys, sort) || this.compareTies(one.scored.document, other.scored.document)
        )
      })
      .map(({ scored: { document } }) => ({ document, score: this.scoreOfSorted() }))
  }

  scoreOfSorted(): number {
    return 0
  }

  compareScores(one: Scored, other: Scored): number {
    return other.score - one.score || this.compareTies(one.document, other.document)
  }

  compareTies(one: HeldDocument, other: HeldDocument): number {
    return compareCodePoints(one.object, other.object) || this.compareIds(one.id, other.id)
  }

  compareIds(one: string, other: string): number {
    return compareCodePoints(one, other)
  }

  sortKeys(document: HeldDocument, sort: readonly SortKey[], indexes: readonly HeldIndex[]): (Scalar | undefined)[] {
    const fields = indexes.find(({ name }) => name === document.object)?.fields
    return sort.map(({ field: path, order = "asc" }) => {
      const field = fields?.get(path)
      const values = field === undefined ? [] : this.valuesOf(document, field)
      return this.sortValue(values, order)
    })
  }

  /** The smallest of several values, or the largest where it goes down. */
  sortValue(values: readonly Scalar[], order: "asc" | "desc"): Scalar | undefined {
    return values.toSorted((one, other) => this.compareValues(one, other)).at(order === "asc" ? 0 : -1)
  }

  compareKeys(
    ones: readonly (Scalar | undefined)[],
    others: readonly (Scalar | undefined)[],
    sort: readonly SortKey[],
  ): number {
    for (const [at, { order = "asc" }] of sort.entries()) {
      const [one, other] = [ones[at], others[at]]
      const compared =
        one === undefined || other === undefined
          ? this.compareMissing(one, other, order)
          : this.compareValues(one, other) * (order === "asc" ? 1 : -1)
      if (compared !== 0) return compared
    }
    return 0
  }

  /** What has no value comes last, in both directions. */
  compareMissing(one: Scalar | undefined, other: Scalar | undefined, _order: "asc" | "desc"): number {
    return Number(one === undefined) - Number(other === undefined)
  }
}
