import { analyzerOf, type Field, plainAnalyzerOf } from "../../../../core/search/for-adapters.ts"
import { FrozenText } from "./frozen-text.ts"
import { GrowingField } from "./growing-field.ts"
import type { AnalyzerOf, TextSegment } from "./text-segment.ts"

/** The segment that grows. A search sees each document as soon as it is added. */
export class TextWriter implements TextSegment {
  /** Documents so far, those without a text as well: the caller may raise it. */
  size = 0
  readonly #analyzerOf: AnalyzerOf
  readonly #fields = new Map<string, GrowingField>()
  readonly #plainFields = new Map<string, GrowingField>()

  constructor(of: AnalyzerOf = analyzerOf) {
    this.#analyzerOf = of
  }

  /** The texts of a document in one field, all at once. A document's number is at least that of the one before. */
  add(doc: number, field: Field, texts: readonly string[]): void {
    const plain = plainAnalyzerOf(field)
    let own = this.#fields.get(field.path)
    if (own === undefined) {
      own = new GrowingField(field.type === "keyword" ? "values" : "words")
      this.#fields.set(field.path, own)
    }
    own.add(doc, texts, this.#analyzerOf(field.analyzer))
    if (plain !== field.analyzer) {
      let other = this.#plainFields.get(field.path)
      if (other === undefined) {
        other = new GrowingField("documents")
        this.#plainFields.set(field.path, other)
      }
      other.add(doc, texts, this.#analyzerOf(plain))
    }
    this.size = Math.max(this.size, doc + 1)
  }

  field(path: string): GrowingField | undefined {
    return this.#fields.get(path)
  }

  plainField(path: string): GrowingField | undefined {
    return this.#plainFields.get(path) ?? this.#fields.get(path)
  }

  /** The same documents in a segment that takes less memory. */
  freeze(): FrozenText {
    return new FrozenText(this.size, frozen(this.#fields), frozen(this.#plainFields))
  }
}

function frozen(fields: ReadonlyMap<string, GrowingField>) {
  return new Map(Array.from(fields, ([path, field]) => [path, field.freeze()] as const))
}
