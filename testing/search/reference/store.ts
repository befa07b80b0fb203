import type { FieldDefinition } from "../../../contracts/search/search.ts"
import { ReferenceStore } from "../../foundation/reference-service.ts"

/** A field with nothing left to default. */
export type HeldField = { readonly [Name in keyof FieldDefinition]-?: NonNullable<FieldDefinition[Name]> } & {
  readonly path: string
}

/** A document, which is replaced as a whole. */
export interface HeldDocument {
  /** As users call it. */
  readonly id: string
  readonly object: string
  readonly doc: Record<string, unknown>
}

/** An index that is built anew while the old one serves. */
export interface Rebuild {
  readonly documents: Map<string, HeldDocument>
  readonly revisions: Map<string, number>
  /** Ids of documents that were written or removed meanwhile. */
  readonly touched: Set<string>
}

export interface HeldIndex {
  readonly name: string
  readonly fields: Map<string, HeldField>
  synonyms: readonly (readonly string[])[]
  /** By id. */
  documents: Map<string, HeldDocument>
  /** Another one when it was built anew. */
  generation: number
  readonly rebuilds: Set<Rebuild>
}

/** A walk: the indexes as they were when it began. */
export interface HeldWalk {
  readonly indexes: readonly HeldIndex[]
}

/** What several clients share, as they would share a server. */
export class SearchStore extends ReferenceStore {
  /** By namespace and name. */
  readonly indexes = new Map<string, HeldIndex>()
  readonly walks = new Map<string, HeldWalk>()
  /** Makes generations and walks that never were before. */
  made = 0
}
