import type { SearchQuery } from "../../../contracts/search/search.ts"
import { ReferenceHighlights } from "./highlights.ts"
import type { HeldIndex, HeldWalk } from "./store.ts"

const FIRST = "*"

/** Where a walk stands. */
export interface Place {
  readonly walk: string
  /** Hits that were given. */
  readonly given: number
  readonly scope: string
}

/** Walks over all that matches, in small methods that mutants change one of. */
export abstract class ReferenceWalks extends ReferenceHighlights {
  /** The place that a cursor means. */
  placeOf(query: SearchQuery, indexes: readonly HeldIndex[]): Place {
    const { cursor = FIRST } = query
    if (cursor === FIRST) return { walk: this.beginWalk(indexes), given: 0, scope: this.scopeOf(query) }
    const place = this.readCursor(cursor)
    if (place === undefined || place.scope !== this.scopeOf(query)) this.refuseCursor()
    return place
  }

  beginWalk(indexes: readonly HeldIndex[]): string {
    const id = `walk ${++this.store.made}`
    this.store.walks.set(id, { indexes: indexes.map((index) => this.frozen(index)) })
    return id
  }

  /** An index as it is now, whatever is written later. */
  frozen(index: HeldIndex): HeldIndex {
    return { ...index, documents: new Map(index.documents) }
  }

  /** The indexes as they were when the walk began. */
  walkedIndexes({ walk }: Place): readonly HeldIndex[] {
    const held = this.store.walks.get(walk)
    if (held === undefined) this.refuseCursor()
    if (!this.isStanding(held)) {
      this.refuseFor("PRECONDITION_FAILED", "cursor", "The index of this walk is not there any more.")
    }
    return held.indexes
  }

  isStanding({ indexes }: HeldWalk): boolean {
    return indexes.every(({ generation, name }) => this.findIndex(name)?.generation === generation)
  }

  refuseCursor(): never {
    this.refuseFor("INVALID_ARGUMENT", "cursor", "A cursor is * or what the page before gave.")
  }

  /** The cursor of the next page, or undefined where there is none. */
  cursorAfter({ given, scope, walk }: Place, limit: number, total: number): string | undefined {
    return given + limit >= total ? undefined : this.writeCursor({ walk, given: given + limit, scope })
  }

  writeCursor({ given, scope, walk }: Place): string {
    const text = JSON.stringify([walk, given, scope])
    return btoa(JSON.stringify([text, hashOf(text)]))
  }

  readCursor(cursor: string): Place | undefined {
    try {
      const [text, hash] = JSON.parse(atob(cursor)) as [string, string]
      const [walk, given, scope] = JSON.parse(text) as [string, number, string]
      const place = { walk, given, scope }
      return hash === hashOf(text) && this.writeCursor(place) === cursor ? place : undefined
    } catch {
      return undefined
    }
  }

  /** What decides which documents a walk sees, and in which order. */
  scopeOf({ fields, fuzzy, object, operator, phrase, prefix, q, sort, where }: SearchQuery): string {
    return hashOf(JSON.stringify([object, q, fields, operator, prefix, fuzzy, phrase, where, sort]))
  }
}

function hashOf(text: string): string {
  let hash = 7
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash.toString(36)
}
