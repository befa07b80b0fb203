import { createSeededRandom, type SeededRandom } from "../testing/engine/random.ts"

/** Who asks for which key, in what order: the traces that eviction policies are compared on. The same on every run. */

const KEYS = 100_000
const READS = 1_000_000
const SKEW = 0.9
const SEED = 2026

export const traces = {
  /** The nth most popular of 100,000 keys is read n^-0.9 times as often as the first. */
  zipf: () => read({}),
  /** Between them, every 20,000 reads, 4,000 keys that are read once and never again. */
  "zipf and scans": () => read({ scanEvery: 20_000, scanned: 4000 }),
  /** Every 250,000 reads, other keys are the popular ones. */
  "shifting popularity": () => read({ shiftEvery: 250_000 }),
} satisfies Record<string, () => Generator<number, void, undefined>>

interface Disturbance {
  readonly scanEvery?: number
  readonly scanned?: number
  readonly shiftEvery?: number
}

function* read({ scanEvery, scanned = 0, shiftEvery }: Disturbance): Generator<number, void, undefined> {
  const random = createSeededRandom(SEED)
  const nextRank = zipfRanks(random)
  const keyOfRank = Uint32Array.from({ length: KEYS }, (_, rank) => rank)
  let fresh = KEYS
  for (let step = 0; step < READS; step++) {
    if (scanEvery !== undefined && step % scanEvery === 0) for (let count = 0; count < scanned; count++) yield fresh++
    if (shiftEvery !== undefined && step > 0 && step % shiftEvery === 0) shuffle(keyOfRank, random)
    yield keyOfRank[nextRank()] as number
  }
}

function zipfRanks(random: SeededRandom): () => number {
  const reach = new Float64Array(KEYS)
  let sum = 0
  for (let rank = 0; rank < KEYS; rank++) {
    sum += (rank + 1) ** -SKEW
    reach[rank] = sum
  }
  return () => {
    const drawn = random.next() * sum
    let [low, high] = [0, KEYS - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((reach[middle] as number) < drawn) low = middle + 1
      else high = middle
    }
    return low
  }
}

function shuffle(list: Uint32Array, random: SeededRandom): void {
  for (let index = list.length - 1; index > 0; index--) {
    const other = random.integer(index + 1)
    const kept = list[index] as number
    list[index] = list[other] as number
    list[other] = kept
  }
}
