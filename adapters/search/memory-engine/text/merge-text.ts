import { BitSet } from "../bit-set.ts"
import { type FrozenField, FrozenFieldBuilder, FrozenText } from "./frozen-text.ts"
import { frequencyAt, type Postings, PostingsBuilder, skipPositions } from "./postings.ts"

/** Entries and terms of one step: some milliseconds at most. */
const STEP = 16_384
const REMOVED = -1

/**
 * Makes one segment of several. It yields after each step.
 *
 * @param documents - By segment and document, its number in the new segment, or -1 where it was removed. Numbers ascend.
 */
export function* mergeText(
  segments: readonly FrozenText[],
  documents: readonly Int32Array[],
  size: number,
): Generator<undefined, FrozenText> {
  const fields = yield* mergeFields(
    segments.map((segment) => segment.fields),
    documents,
    size,
    false,
  )
  const plainFields = yield* mergeFields(
    segments.map((segment) => segment.plainFields),
    documents,
    size,
    true,
  )
  return new FrozenText(size, fields, plainFields)
}

function* mergeFields(
  segments: readonly ReadonlyMap<string, FrozenField>[],
  documents: readonly Int32Array[],
  size: number,
  docsOnly: boolean,
): Generator<undefined, Map<string, FrozenField>> {
  const merged = new Map<string, FrozenField>()
  for (const path of new Set(segments.flatMap((fields) => [...fields.keys()]))) {
    const parts = segments.flatMap((fields, index): Part[] => {
      const field = fields.get(path)
      return field === undefined ? [] : [{ field, documents: documents[index] as Int32Array, next: 0 }]
    })
    const field = yield* new FieldMerge(parts, size, docsOnly).run()
    if (field.terms.length > 0) merged.set(path, field)
  }
  return merged
}

interface Part {
  readonly field: FrozenField
  readonly documents: Int32Array
  /** Its next term. */
  next: number
}

/** One field of several segments. */
class FieldMerge {
  readonly #parts: readonly Part[]
  readonly #docsOnly: boolean
  readonly #builder: PostingsBuilder
  /** Documents with the field. */
  readonly #present: BitSet
  #totalLength = 0

  constructor(parts: readonly Part[], size: number, docsOnly: boolean) {
    const sum = (lengthOf: (part: Part) => number) => parts.reduce((total, part) => total + lengthOf(part), 0)
    this.#parts = parts
    this.#docsOnly = docsOnly
    this.#present = new BitSet(size)
    this.#builder = new PostingsBuilder(
      sum(({ field }) => field.all.end),
      sum(({ field }) => field.all.positions.length),
      docsOnly,
    )
  }

  *run(): Generator<undefined, FrozenField> {
    const merged = new FrozenFieldBuilder(this.#parts.reduce((sum, { field }) => sum + field.terms.length, 0))
    let work = 0
    for (let term = this.#nextTerm(); term !== undefined; term = this.#nextTerm()) {
      const at = { count: this.#builder.count, positionBytes: this.#builder.positionBytes }
      for (const part of this.#parts) {
        if (part.field.terms[part.next] !== term) continue
        const postings = part.field.postingsAt(part.next++)
        let positionAt = postings.positionStart
        for (let entry = postings.start; entry < postings.end; entry += STEP) {
          const end = Math.min(postings.end, entry + STEP)
          positionAt = this.#copy(postings, part.documents, entry, end, positionAt)
          work += end - entry
          if (work < STEP) continue
          work = 0
          yield
        }
      }
      if (this.#builder.count > at.count) merged.addTerm(term, at)
      work += this.#parts.length
    }
    yield
    return merged.build({ documents: this.#present.count(), totalLength: this.#totalLength }, this.#builder.build())
  }

  #nextTerm(): string | undefined {
    let least: string | undefined
    for (const { field, next } of this.#parts) {
      const term = field.terms[next]
      if (term !== undefined && (least === undefined || term < least)) least = term
    }
    return least
  }

  /** Some entries of a term. Returns where the positions after them begin. */
  #copy(postings: Postings, documents: Int32Array, start: number, end: number, positionStart: number): number {
    const { docs, norms, positions } = postings
    let at = positionStart
    for (let entry = start; entry < end; entry++) {
      const doc = documents[docs[entry] as number] as number
      if (this.#docsOnly) {
        if (doc !== REMOVED) this.#builder.add(doc, 0)
        continue
      }
      const frequency = frequencyAt(postings, entry)
      const next = skipPositions(positions, at, frequency)
      if (doc !== REMOVED) {
        this.#builder.copy(doc, norms[entry] as number, frequency, positions, at, next)
        this.#present.add(doc)
        this.#totalLength += frequency
      }
      at = next
    }
    return at
  }
}
