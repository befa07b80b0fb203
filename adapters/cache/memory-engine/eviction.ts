/** Decides which entry goes when room is needed. It is told of every change and never changes entries itself. */
export interface Eviction {
  /** Makes room for slots below `capacity`. */
  grow(capacity: number): void
  added(slot: number, key: string): void
  /** A read found the entry. */
  read(slot: number): void
  /** A set replaced the value of the entry. */
  overwritten(slot: number): void
  removed(slot: number, key: string, why: "deleted" | "outlived"): void
  /** The slot to empty next; only asked when there is one. */
  victim(): number
}
