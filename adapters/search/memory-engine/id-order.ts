import { compareCodePoints } from "../../../contracts/foundation/text.ts"

/** Ids that are sorted, or merged, in one step. */
const STEP = 4096

/** The documents of a segment in the order of their ids. */
export class IdOrder {
  /** Document numbers, the first id first. */
  readonly docs: Uint32Array
  /** By document: its place among `docs`. */
  readonly ranks: Uint32Array

  constructor(docs: Uint32Array) {
    this.docs = docs
    this.ranks = new Uint32Array(docs.length)
    for (let rank = 0; rank < docs.length; rank++) this.ranks[docs[rank] as number] = rank
  }

  get size(): number {
    return this.docs.length
  }
}

/** Sorts in short steps: pieces first, which are then merged. */
export function* sortIds(ids: readonly string[]): Generator<undefined, IdOrder> {
  const isBefore = ids.some(hasSurrogate)
    ? (a: number, b: number) => compareCodePoints(ids[a] as string, ids[b] as string) < 0
    : (a: number, b: number) => (ids[a] as string) < (ids[b] as string)
  let docs = Uint32Array.from(ids.keys())
  for (let from = 0; from < docs.length; from += STEP) {
    docs.subarray(from, from + STEP).sort((a, b) => (isBefore(a, b) ? -1 : 1))
    yield
  }
  let other = new Uint32Array(docs.length)
  for (let width = STEP; width < docs.length; width *= 2) {
    for (let from = 0; from < docs.length; from += 2 * width) {
      const middle = Math.min(from + width, docs.length)
      const end = Math.min(from + 2 * width, docs.length)
      let [left, right] = [from, middle]
      for (let at = from; at < end; at++) {
        const takesLeft = left < middle && (right === end || isBefore(docs[left] as number, docs[right] as number))
        other[at] = docs[takesLeft ? left++ : right++] as number
        if (at % STEP === 0) yield
      }
    }
    ;[docs, other] = [other, docs]
  }
  return new IdOrder(docs)
}

/** At once. */
export function idOrderOf(ids: readonly string[]): IdOrder {
  const steps = sortIds(ids)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

function hasSurrogate(id: string): boolean {
  return /[\ud800-\udfff]/.test(id)
}
