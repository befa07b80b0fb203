/** The documents of one term, in ascending order: the entries `start` to `end` of arrays that terms share. */
export interface Postings {
  readonly docs: Uint32Array
  /** How often the term is in each document; LARGE where `largeFrequencies` has it. */
  readonly frequencies: Uint8Array
  /** The length of each document's field in a byte. */
  readonly norms: Uint8Array
  readonly start: number
  readonly end: number
  /** Of each document in turn: its first position, then the distance to each next one, coded in variable bytes. */
  readonly positions: Uint8Array
  readonly positionStart: number
  /** By entry. */
  readonly largeFrequencies: ReadonlyMap<number, number>
}

export const LARGE = 255

export function frequencyAt({ frequencies, largeFrequencies }: Postings, entry: number): number {
  const frequency = frequencies[entry] as number
  return frequency === LARGE ? (largeFrequencies.get(entry) as number) : frequency
}

/** The first entry from `from` whose document is not below `doc`. Takes steps that double, so near ones are cheap. */
export function seek(docs: Uint32Array, from: number, end: number, doc: number): number {
  let low = from
  let step = 1
  while (low + step < end && (docs[low + step] as number) < doc) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, end)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((docs[middle] as number) < doc) low = middle + 1
    else high = middle
  }
  return low
}

/** Where the position after `count` more of them begins. */
export function skipPositions(bytes: Uint8Array, from: number, count: number): number {
  let at = from
  for (let left = count; left > 0; at++) if ((bytes[at] as number) < 128) left--
  return at
}

/** Writes postings of terms one after the other. */
export class PostingsBuilder {
  docs: Uint32Array
  frequencies: Uint8Array
  norms: Uint8Array
  positions: Uint8Array
  readonly largeFrequencies = new Map<number, number>()
  readonly #docsOnly: boolean
  /** Entries so far. */
  count = 0
  /** Bytes of positions so far. */
  positionBytes = 0
  #position = 0
  #frequency = 0

  /** @param entries - How many there will be at most. */
  constructor(entries: number, positionBytes: number, docsOnly = false) {
    this.#docsOnly = docsOnly
    this.docs = new Uint32Array(entries)
    this.frequencies = new Uint8Array(docsOnly ? 0 : entries)
    this.norms = new Uint8Array(docsOnly ? 0 : entries)
    this.positions = new Uint8Array(docsOnly ? 0 : positionBytes)
  }

  /** A further document of the term. */
  add(doc: number, norm: number): void {
    const entry = this.count++
    this.docs[entry] = doc
    this.#position = 0
    this.#frequency = 0
    if (!this.#docsOnly) this.norms[entry] = norm
  }

  /** A further position of the document added last, after its others. */
  addPosition(position: number): void {
    this.#setFrequency(this.#frequency + 1)
    let rest = position - this.#position
    this.#position = position
    if (this.positionBytes + 5 > this.positions.length) this.positions = grown(this.positions)
    while (rest > 127) {
      this.positions[this.positionBytes++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.positions[this.positionBytes++] = rest
  }

  /** A further document of the term with its positions, which are the bytes `start` to `end` of `positions`. */
  copy(doc: number, norm: number, frequency: number, positions: Uint8Array, start: number, end: number): void {
    this.add(doc, norm)
    this.#setFrequency(frequency)
    for (let at = start; at < end; at++) this.positions[this.positionBytes++] = positions[at] as number
  }

  #setFrequency(frequency: number): void {
    this.#frequency = frequency
    this.frequencies[this.count - 1] = Math.min(frequency, LARGE)
    if (frequency >= LARGE) this.largeFrequencies.set(this.count - 1, frequency)
  }

  /** Those of all terms, in arrays of their exact size. */
  build(): Postings {
    const entries = this.#docsOnly ? 0 : this.count
    return {
      docs: exact(this.docs, this.count),
      frequencies: exact(this.frequencies, entries),
      norms: exact(this.norms, entries),
      start: 0,
      end: this.count,
      positions: exact(this.positions, this.positionBytes),
      positionStart: 0,
      largeFrequencies: this.largeFrequencies,
    }
  }
}

function exact<A extends Uint8Array | Uint32Array>(array: A, length: number): A {
  return (array.length === length ? array : array.slice(0, length)) as A
}

function grown(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(Math.max(16, bytes.length * 2))
  larger.set(bytes)
  return larger
}
