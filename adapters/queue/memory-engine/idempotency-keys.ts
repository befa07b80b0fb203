import { DueHeap } from "./due-heap.ts"

interface Entry {
  readonly key: string
  readonly id: string
  place: number
}

/** Which id a key stands for until its window is over. Those that are over go when one is added. */
export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>()
  readonly #windows = new DueHeap<Entry>()

  get size(): number {
    return this.#entries.size
  }

  idOf(key: string, now: number): string | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && this.#windows.timeOf(entry) > now ? entry.id : undefined
  }

  add(key: string, id: string, now: number, windowMs: number): void {
    this.forget(now)
    const earlier = this.#entries.get(key)
    if (earlier !== undefined) this.#windows.remove(earlier)
    const entry: Entry = { key, id, place: -1 }
    this.#entries.set(key, entry)
    this.#windows.add(entry, now + windowMs)
  }

  /** Frees a key that stands for this id. */
  free(key: string, id: string): void {
    const entry = this.#entries.get(key)
    if (entry?.id !== id) return
    this.#windows.remove(entry)
    this.#entries.delete(key)
  }

  /** Drops those whose window is over. */
  forget(now: number): void {
    for (let entry = this.#windows.takeDue(now); entry !== undefined; entry = this.#windows.takeDue(now)) {
      this.#entries.delete(entry.key)
    }
  }
}
