/** What the server answers to a search. */

import type { StoredDocument } from "./document-text.ts"
import type { ErrorDescription } from "./failures.ts"
import type { Explanation } from "./request/explanations.ts"
import type { FacetAnswer } from "./request/facets.ts"

export interface SearchAnswer {
  readonly took: number
  readonly timed_out: boolean
  readonly terminated_early?: boolean
  readonly _shards: {
    readonly failed: number
    readonly failures?: readonly { readonly reason?: ErrorDescription }[]
  }
  readonly hits: {
    readonly total?: { readonly value: number; readonly relation: string }
    readonly hits: readonly AnsweredHit[]
  }
  readonly aggregations?: Readonly<Record<string, FacetAnswer>>
  readonly pit_id?: string
}

export interface AnsweredHit {
  readonly _index: string
  readonly _id: string
  readonly _score: number | null
  readonly _seq_no?: number
  readonly _source?: StoredDocument
  readonly sort?: readonly (string | number | boolean | null)[]
  readonly highlight?: Readonly<Record<string, readonly string[]>>
  readonly _explanation?: Explanation
}
