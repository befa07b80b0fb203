import { mergeSegments } from "./merge-segments.ts"
import type { FrozenSegment } from "./segment.ts"

/** Segments of about one size that are merged once there are so many of them. */
const AT_ONCE = 8
/** Milliseconds in one turn of the event loop. */
const SLICE_MS = 4

/** The segments that do not grow, merged in short turns while nothing else is to be done. */
export class Merger {
  #segments: readonly FrozenSegment[] = []
  #running = false
  #closed = false

  get segments(): readonly FrozenSegment[] {
    return this.#segments
  }

  get isRunning(): boolean {
    return this.#running
  }

  add(segment: FrozenSegment): void {
    // What nobody asked for since the last one came.
    for (const { columns } of this.#segments) columns.dropUnused()
    if (segment.size > 0) this.#segments = [...this.#segments, segment]
    this.#start()
  }

  /** Looks whether so many were removed that a merge pays. */
  removed(): void {
    this.#start()
  }

  close(): void {
    this.#closed = true
  }

  #start(): void {
    if (this.#running || this.#closed) return
    const chosen = chooseMerge(this.#segments)
    if (chosen.length === 0) return
    this.#running = true
    const steps = mergeSegments(chosen)
    const turn = () => {
      if (this.#closed) return
      const end = performance.now() + SLICE_MS
      do {
        const { done, value } = steps.next()
        if (done !== true) continue
        this.#replace(chosen, value)
        return
      } while (performance.now() < end)
      next()
    }
    // An event loop that has nothing else to do wakes for a timer that does not hold it, and not for an immediate.
    const next = () => setTimeout(turn).unref()
    next()
  }

  #replace(merged: readonly FrozenSegment[], by: FrozenSegment): void {
    const kept = this.#segments.filter((segment) => !merged.includes(segment))
    this.#segments = by.size > 0 ? [...kept, by] : kept
    this.#running = false
    this.#start()
  }
}

/** Segments whose merge makes searches cheaper, by the least work. */
function chooseMerge(segments: readonly FrozenSegment[]): readonly FrozenSegment[] {
  const live = (segment: FrozenSegment) => segment.size - segment.removed
  const worn = segments.filter((segment) => segment.removed * 3 > segment.size)
  if (worn.length > 0) return worn
  const bySize = segments.toSorted((a, b) => live(a) - live(b))
  for (let from = 0; from + AT_ONCE <= bySize.length; from++) {
    const tier = bySize.slice(from, from + AT_ONCE)
    const total = tier.reduce((sum, segment) => sum + live(segment), 0)
    // The largest is no more than half of what is made, so each document is copied a few times in all.
    if (live(tier[AT_ONCE - 1] as FrozenSegment) * 2 <= total) return tier
  }
  return []
}
