import { inverseNorms } from "./similarity.ts"
import type { TextField, TextSegment } from "./text-segment.ts"

/** All segments of an index, as one search sees them. */
export class TextIndex {
  readonly segments: readonly TextSegment[]
  readonly #fields = new Map<string, FieldOfSegments>()

  constructor(segments: readonly TextSegment[]) {
    this.segments = segments
  }

  field(path: string): FieldOfSegments {
    let field = this.#fields.get(path)
    if (field === undefined) {
      field = new FieldOfSegments(this.segments.map((segment) => segment.field(path)))
      this.#fields.set(path, field)
    }
    return field
  }

  plainFields(path: string): (TextField | undefined)[] {
    return this.segments.map((segment) => segment.plainField(path))
  }
}

/** A field in each segment, and what is known of it in all of them. */
export class FieldOfSegments {
  readonly fields: readonly (TextField | undefined)[]
  readonly documents: number
  readonly #totalLength: number
  #inverseNorms: Float32Array | undefined

  constructor(fields: readonly (TextField | undefined)[]) {
    this.fields = fields
    this.documents = fields.reduce((sum, field) => sum + (field?.documents ?? 0), 0)
    this.#totalLength = fields.reduce((sum, field) => sum + (field?.totalLength ?? 0), 0)
  }

  get inverseNorms(): Float32Array {
    this.#inverseNorms ??= inverseNorms({ documents: this.documents, totalLength: this.#totalLength })
    return this.#inverseNorms
  }
}
