import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { FieldFilter, FilterNode, Scalar } from "../../../contracts/search/search.ts"
import { ReferenceScoring } from "./scoring.ts"
import type { HeldDocument, HeldField, HeldIndex } from "./store.ts"

/** Which documents a filter lets through, in small methods that mutants change one of. */
export abstract class ReferenceFilters extends ReferenceScoring {
  /** All fields and values of a filter are looked at before any document. */
  checkFilter(node: FilterNode, indexes: readonly HeldIndex[]): void {
    for (const below of childrenOf(node)) this.checkFilter(below, indexes)
    if ("field" in node) this.checkFieldFilter(node, this.fieldOfAll(node.field, "filterable", indexes))
  }

  checkFieldFilter(filter: FieldFilter, field: HeldField): void {
    if (filter.op === "exists") return
    const values = Array.isArray(filter.value) ? (filter.value as readonly Scalar[]) : [filter.value as Scalar]
    for (const value of values) this.comparable(field, value)
    if (filter.op === "prefix" && field.type !== "text" && field.type !== "keyword") {
      this.refuseFor("INVALID_ARGUMENT", "field", "prefix is for texts.")
    }
    const isRange = ["gt", "gte", "lt", "lte", "between"].includes(filter.op)
    if (isRange && field.type === "boolean") this.refuseFor("INVALID_ARGUMENT", "field", "Ranges are not for booleans.")
  }

  passes(document: HeldDocument, node: FilterNode, index: HeldIndex): boolean {
    if ("and" in node) return this.passesAll(document, node.and, index)
    if ("or" in node) return this.passesSome(document, node.or, index)
    if ("not" in node) return !this.passes(document, node.not, index)
    const field = index.fields.get(node.field)
    return field !== undefined && this.passesField(document, node, field)
  }

  passesAll(document: HeldDocument, nodes: readonly FilterNode[], index: HeldIndex): boolean {
    return nodes.every((node) => this.passes(document, node, index))
  }

  passesSome(document: HeldDocument, nodes: readonly FilterNode[], index: HeldIndex): boolean {
    return nodes.some((node) => this.passes(document, node, index))
  }

  passesField(document: HeldDocument, filter: FieldFilter, field: HeldField): boolean {
    if (filter.op === "exists") return this.exists(document, field) === filter.value
    const values = this.valuesOf(document, field)
    if (filter.op === "ne") return !this.someIsIn(values, [filter.value], field)
    if (filter.op === "nin") return !this.someIsIn(values, filter.value, field)
    if (filter.op === "eq") return this.someIsIn(values, [filter.value], field)
    if (filter.op === "in") return this.someIsIn(values, filter.value, field)
    if (filter.op === "prefix") return values.some((value) => this.begins(String(value), String(filter.value)))
    return this.someIsWithin(values, filter, field)
  }

  exists(document: HeldDocument, field: HeldField): boolean {
    return this.rawValuesOf(document, field.path).length > 0
  }

  someIsIn(values: readonly Scalar[], wanted: readonly Scalar[], field: HeldField): boolean {
    const known = wanted.map((value) => this.comparable(field, value))
    return values.some((value) => known.some((one) => this.isEqual(value, one)))
  }

  isEqual(value: Scalar, wanted: Scalar): boolean {
    return value === wanted
  }

  begins(value: string, prefix: string): boolean {
    return value.startsWith(prefix)
  }

  someIsWithin(values: readonly Scalar[], filter: FieldFilter, field: HeldField): boolean {
    const compared = (value: Scalar, edge: Scalar) => this.compareValues(value, this.edgeOf(field, edge))
    return values.some((value) => {
      switch (filter.op) {
        case "gt":
          return compared(value, filter.value) > 0
        case "gte":
          return compared(value, filter.value) >= 0
        case "lt":
          return compared(value, filter.value) < 0
        case "lte":
          return compared(value, filter.value) <= 0
        case "between":
          return compared(value, filter.value[0]) >= 0 && compared(value, filter.value[1]) <= 0
        default:
          return false
      }
    })
  }

  edgeOf(field: HeldField, edge: Scalar): Scalar {
    return this.comparable(field, edge)
  }

  /** Texts by code point, false before true. */
  compareValues(one: Scalar, other: Scalar): number {
    return typeof one === "string" ? this.compareTexts(one, String(other)) : Number(one) - Number(other)
  }

  compareTexts(one: string, other: string): number {
    return compareCodePoints(one, other)
  }
}

function childrenOf(node: FilterNode): readonly FilterNode[] {
  if ("and" in node) return node.and
  if ("or" in node) return node.or
  return "not" in node ? [node.not] : []
}
