import type { IndexDefinition, IndexInfo } from "../../../contracts/search/search.ts"
import {
  changeOf,
  type Field,
  type Fields,
  type QueriedIndex,
  readDocument,
} from "../../../core/search/for-adapters.ts"
import { Merger } from "./merger.ts"
import { GrowingSegment, type Segment } from "./segment.ts"

/** Documents of the segment that grows. */
export interface GrownSizes {
  /** Where they come one by one. */
  readonly single: number
  readonly bulk: number
  /** Of JSON, whatever number of documents they are. */
  readonly characters: number
}

/** What is frozen in a few tens of milliseconds. */
const GROWN: GrownSizes = { single: 4096, bulk: 8192, characters: 2_000_000 }

/** Fewer documents are worth no segment of their own. */
const LEAST_FROZEN = 512

type Document = Record<string, unknown>

/** What one object has: its fields, and its documents in segments. */
export class MemoryIndex implements QueriedIndex {
  readonly name: string
  synonyms: NonNullable<IndexDefinition["synonyms"]> = []
  readonly #fields = new Map<string, Field>()
  readonly #merger = new Merger()
  readonly #grown: GrownSizes
  #growing = new GrowingSegment()
  #characters = 0

  constructor(name: string, grown: GrownSizes = GROWN) {
    this.name = name
    this.#grown = grown
  }

  get fields(): Fields {
    return this.#fields
  }

  get documents(): number {
    return this.segments().reduce((sum, { removed, size }) => sum + size - removed, 0)
  }

  /** @throws ServiceError PRECONDITION_FAILED where it does not fit what is there. */
  define(definition: IndexDefinition): void {
    const { changed, synonyms } = changeOf(this.#fields, definition)
    for (const field of changed) this.#fields.set(field.path, field)
    this.synonyms = synonyms
  }

  /** What makes an index with the same fields. */
  definition(): IndexDefinition {
    return { name: this.name, fields: Object.fromEntries(this.#fields), synonyms: this.synonyms }
  }

  /** An empty one with the same definition. */
  emptied(): MemoryIndex {
    const index = new MemoryIndex(this.name, this.#grown)
    index.define(this.definition())
    return index
  }

  /** @throws ServiceError INVALID_ARGUMENT where a value is not of its field's type; nothing changes then. */
  put(id: string, doc: Document, inBulk: boolean): void {
    const { added, values } = readDocument(doc, this.#fields)
    for (const field of added) this.#fields.set(field.path, field)
    const source = JSON.stringify(doc)
    this.#removeFrom(id)
    this.#growing.add(id, source, values)
    this.#characters += source.length
    const { [inBulk ? "bulk" : "single"]: documents, characters } = this.#grown
    if (this.#growing.size >= documents || this.#characters >= characters) this.freeze()
  }

  /** A bulk has ended: searches are quicker in a frozen segment. */
  endBulk(): void {
    if (this.#growing.size >= LEAST_FROZEN) this.freeze()
  }

  /** Whether segments are merged, which takes further turns of the event loop. */
  get isMerging(): boolean {
    return this.#merger.isRunning
  }

  remove(id: string): boolean {
    return this.#removeFrom(id)
  }

  get(id: string): Document | undefined {
    const source = this.sourceOf(id)
    return source === undefined ? undefined : JSON.parse(source)
  }

  sourceOf(id: string): string | undefined {
    for (const { ids, live, sources } of this.segments()) {
      const doc = ids.find(id, live)
      if (doc >= 0) return sources[doc]
    }
    return undefined
  }

  /** All, the growing one last. */
  segments(): readonly Segment[] {
    return this.#growing.size === 0 ? this.#merger.segments : [...this.#merger.segments, this.#growing]
  }

  /** From now on, no segment that is there takes another document. */
  freeze(): void {
    if (this.#growing.size === 0) return
    this.#merger.add(this.#growing.freeze())
    this.#growing = new GrowingSegment()
    this.#characters = 0
  }

  info(): IndexInfo {
    const fields = Array.from(this.#fields.values(), ({ path, type }) => [path, type] as const)
    return { name: this.name, documents: this.documents, fields: Object.fromEntries(fields) }
  }

  close(): void {
    this.#merger.close()
  }

  #removeFrom(id: string): boolean {
    for (const segment of this.segments()) {
      const doc = segment.ids.find(id, segment.live)
      if (doc < 0) continue
      segment.remove(doc)
      if (segment !== this.#growing) this.#merger.removed()
      return true
    }
    return false
  }
}
