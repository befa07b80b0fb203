import type { Eviction } from "./eviction.ts"
import { SlotLists } from "./slot-lists.ts"

/** First in, first out: what was written longest ago goes. */
export class FifoEviction implements Eviction {
  protected readonly lists = new SlotLists(1)

  grow(capacity: number): void {
    this.lists.grow(capacity)
  }

  added(slot: number): void {
    this.lists.append(0, slot)
  }

  read(_slot: number): void {}

  overwritten(slot: number): void {
    this.lists.remove(slot)
    this.lists.append(0, slot)
  }

  removed(slot: number): void {
    this.lists.remove(slot)
  }

  victim(): number {
    return this.lists.first(0)
  }
}

/** Least recently used: what was read or written longest ago goes. */
export class LruEviction extends FifoEviction {
  override read(slot: number): void {
    this.lists.remove(slot)
    this.lists.append(0, slot)
  }
}
