import { rangeKey } from "../../../contracts/search/query-arguments.ts"
import type {
  FacetResult,
  FacetSpec,
  FilterNode,
  RangeFacet,
  Scalar,
  TermsFacet,
} from "../../../contracts/search/search.ts"
import { ReferenceFilters } from "./filters.ts"
import type { HeldDocument, HeldField, HeldIndex } from "./store.ts"

/** How facets count, in small methods that mutants change one of. */
export abstract class ReferenceFacets extends ReferenceFilters {
  checkFacet(facet: FacetSpec, indexes: readonly HeldIndex[]): void {
    const { type } = this.fieldOfAll(facet.field, "facetable", indexes)
    if ("ranges" in facet && type !== "number") this.refuseFor("INVALID_ARGUMENT", "field", "Ranges are of numbers.")
  }

  /** Counts over the documents that match the words, under the filter of the facet. */
  facetOf(
    facet: FacetSpec,
    found: readonly HeldDocument[],
    where: FilterNode | undefined,
    indexes: readonly HeldIndex[],
  ): FacetResult {
    const filter = this.facetFilter(facet, where)
    const counted = found.filter((document) => this.isLetThrough(document, filter, indexes))
    const field = this.fieldOfAll(facet.field, "facetable", indexes)
    const valuesOf = (document: HeldDocument) => this.facetValues(document, this.ownField(document, field, indexes))
    const values = counted.map(valuesOf)
    return "ranges" in facet ? this.rangeCounts(facet, values) : this.termCounts(facet, field, values)
  }

  isLetThrough(document: HeldDocument, filter: FilterNode | undefined, indexes: readonly HeldIndex[]): boolean {
    const index = indexes.find(({ name }) => name === document.object)
    return filter === undefined || (index !== undefined && this.passes(document, filter, index))
  }

  /** The field as the index of a document has it: of several indexes one may have text and one keyword. */
  ownField(document: HeldDocument, field: HeldField, indexes: readonly HeldIndex[]): HeldField {
    return indexes.find(({ name }) => name === document.object)?.fields.get(field.path) ?? field
  }

  facetFilter({ disjunctive = false, field }: FacetSpec, where: FilterNode | undefined): FilterNode | undefined {
    return disjunctive && where !== undefined ? this.withoutField(where, field) : where
  }

  withoutField(where: FilterNode, path: string): FilterNode | undefined {
    if (this.isOnly(where, path)) return undefined
    return "and" in where ? { and: where.and.filter((node) => !this.isOnly(node, path)) } : where
  }

  /** Whether a filter asks of this field alone. */
  isOnly(where: FilterNode, path: string): boolean {
    if ("field" in where) return where.field === path
    if ("not" in where) return this.isOnly(where.not, path)
    const nodes = "and" in where ? where.and : where.or
    return nodes.length > 0 && nodes.every((node) => this.isOnly(node, path))
  }

  /** A document counts once for each of its values. */
  facetValues(document: HeldDocument, field: HeldField): Scalar[] {
    return [...new Set(this.valuesOf(document, field))]
  }

  termCounts({ limit = 10 }: TermsFacet, field: HeldField, values: readonly (readonly Scalar[])[]): FacetResult {
    const counts = new Map<Scalar, number>()
    for (const value of values.flat()) counts.set(value, (counts.get(value) ?? 0) + 1)
    const ordered = [...counts].sort((one, other) => this.compareFacets(one, other))
    return ordered.slice(0, limit).map(([value, count]) => ({ value: this.facetValue(field, value), count }))
  }

  compareFacets([value, count]: readonly [Scalar, number], [other, others]: readonly [Scalar, number]): number {
    return others - count || this.compareValues(value, other)
  }

  facetValue({ type }: HeldField, value: Scalar): Scalar {
    return type === "date" ? new Date(value as number).toISOString() : value
  }

  rangeCounts({ ranges }: RangeFacet, values: readonly (readonly Scalar[])[]): FacetResult {
    return ranges.map((range) => {
      const isIn = (own: readonly Scalar[]) => own.some((value) => this.isInRange(value as number, range))
      return { value: rangeKey(range), count: values.filter(isIn).length }
    })
  }

  isInRange(value: number, { from, to }: RangeFacet["ranges"][number]): boolean {
    return (from === undefined || value >= from) && (to === undefined || value < to)
  }
}
