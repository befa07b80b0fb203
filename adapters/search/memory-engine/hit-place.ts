import type { Field, QueryPlan } from "../../../core/search/for-adapters.ts"
import { cursorRefused, type WalkPlace } from "../../../core/search/for-adapters.ts"
import { type SortValues, sortValuesOf } from "./columns/sort-keys.ts"
import { type FoundHit, idOf } from "./views.ts"

/** Where a page of a walk ended. */
export interface HitPlace {
  readonly object: string
  readonly id: string
  readonly score: number
  readonly values: SortValues
}

export function placeOfHit({ doc, score, view }: FoundHit, { sort }: QueryPlan): HitPlace {
  return { object: view.index.name, id: idOf(view, doc), score, values: sortValuesOf(view.segment.columns, doc, sort) }
}

/** As cursors have it. */
export function afterOf({ id, object, score, values }: HitPlace): WalkPlace["after"] {
  return [score, object, id, ...values]
}

/** @throws ServiceError INVALID_ARGUMENT where it is not what `afterOf` gave for this plan. */
export function readAfter([score, object, id, ...values]: WalkPlace["after"], { sort }: QueryPlan): HitPlace {
  const isPlace = typeof score === "number" && typeof object === "string" && typeof id === "string"
  const areValues = values.length === sort.length && sort.every(({ field }, key) => isOf(field, values[key]))
  if (!isPlace || !areValues) throw cursorRefused()
  return { score, object, id, values: values as SortValues }
}

function isOf({ type }: Field, value: unknown): boolean {
  return value === null || typeof value === (type === "text" || type === "keyword" ? "string" : "number")
}
