import type { Clock } from "../../../contracts/foundation/clock.ts"
import { preconditionFailed } from "../../../core/search/for-adapters.ts"
import type { MemoryIndex } from "./memory-index.ts"
import { type SegmentView, viewsOf } from "./views.ts"

/** Milliseconds for which nobody may ask. */
const KEPT_MS = 300_000
/** The one that nobody asked for longest makes place. */
const MOST = 1000

export interface Walk {
  readonly snapshot: string
  readonly views: readonly SegmentView[]
  readonly indexes: readonly MemoryIndex[]
}

type KeptWalk = Walk & { expires: number }

/** What walks see: the documents that were there when each began. */
export class Walks {
  readonly #walks = new Map<string, KeptWalk>()
  readonly #clock: Clock
  readonly #own = crypto.randomUUID()
  #begun = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(indexes: readonly MemoryIndex[]): Walk {
    for (const index of indexes) index.freeze()
    const snapshot = `${this.#own}.${this.#begun++}`
    const views = viewsOf(indexes).map((view) => ({ ...view, live: view.live.clone() }))
    this.#dropOld()
    const walk = { snapshot, views, indexes, expires: this.#clock.monotonic() + KEPT_MS }
    this.#walks.set(snapshot, walk)
    return walk
  }

  /** @throws ServiceError PRECONDITION_FAILED for a walk that is not there. */
  continue(snapshot: string): Walk {
    this.#dropOld()
    const walk = this.#walks.get(snapshot)
    if (walk === undefined) throw preconditionFailed("cursor")
    walk.expires = this.#clock.monotonic() + KEPT_MS
    // The first of the map is the one that nobody asked for longest.
    this.#walks.delete(snapshot)
    this.#walks.set(snapshot, walk)
    return walk
  }

  end(snapshot: string): void {
    this.#walks.delete(snapshot)
  }

  /** Walks over an index that is no more. */
  endOf(index: MemoryIndex): void {
    for (const [snapshot, { indexes }] of this.#walks) if (indexes.includes(index)) this.#walks.delete(snapshot)
  }

  #dropOld(): void {
    const now = this.#clock.monotonic()
    for (const [snapshot, { expires }] of this.#walks) {
      if (expires > now && this.#walks.size < MOST) return
      this.#walks.delete(snapshot)
    }
  }
}
