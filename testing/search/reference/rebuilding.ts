import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { BulkItem, BulkOperation, ReindexDocument } from "../../../contracts/search/search.ts"
import type { HeldDocument, HeldIndex, Rebuild } from "./store.ts"
import { ReferenceWalks } from "./walks.ts"

export type Source<Item> = Iterable<Item> | AsyncIterable<Item>

/** Many writes at once, in small methods that mutants change one of. */
export abstract class ReferenceRebuilding extends ReferenceWalks {
  #close = () => {}
  readonly #closing = new Promise<void>((resolve) => {
    this.#close = resolve
  })

  /** Does one operation of a bulk, and tells what came of it. */
  bulkItem(operation: BulkOperation): BulkItem {
    const { id, object } = (operation ?? {}) as BulkOperation
    try {
      this.checkOperation(operation)
      this.apply(operation)
      return { object, id }
    } catch (error) {
      return this.failedItem({ object, id }, error)
    }
  }

  failedItem({ id, object }: BulkItem, error: unknown): BulkItem {
    if (!ServiceError.is(error)) throw error
    const { code, message } = error
    return { object, id, error: { code, message } }
  }

  apply(operation: BulkOperation): void {
    const { id, object } = operation
    if (operation.op === "remove") this.removeDocument(object, id)
    else this.keep(object, id, operation.doc)
  }

  /** What a source gives. It is ended where nobody reads on. */
  async *read<Item>(source: Source<Item>): AsyncGenerator<Item> {
    const iterator = this.beginReading(source)
    let ended = false
    try {
      for (;;) {
        const step = await this.nextOf(iterator)
        ended = step.done === true
        if (step.done === true) return
        yield step.value
      }
    } finally {
      if (!ended) this.endSource(iterator)
    }
  }

  beginReading<Item>(source: Source<Item>): Iterator<Item> | AsyncIterator<Item> {
    try {
      return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
    } catch (error) {
      throw this.brokenSource(error)
    }
  }

  /** The next item, or CLOSED where the search closes before. */
  async nextOf<Item>(iterator: Iterator<Item> | AsyncIterator<Item>): Promise<IteratorResult<Item>> {
    const next = async () => iterator.next()
    const broken = (error: unknown) => Promise.reject(this.brokenSource(error))
    return Promise.race([next().catch(broken), this.untilClosed()])
  }

  async untilClosed(): Promise<never> {
    await this.#closing
    this.refuse("CLOSED", "The search was closed.")
  }

  /** One that waits for something ends when that has come. */
  endSource(iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
    const end = async () => iterator.return?.()
    end().catch(() => undefined)
  }

  override async close(): Promise<void> {
    this.endReading()
    return super.close()
  }

  endReading(): void {
    this.#close()
  }

  brokenSource(cause: unknown): ServiceError {
    const details = { reason: "source" }
    return new ServiceError("INVALID_ARGUMENT", "What was to be read failed.", { service: "search", details, cause })
  }

  /** Builds an index anew beside the one that serves. */
  async rebuild(name: string, source: Source<ReindexDocument> | undefined): Promise<number> {
    const index = this.findIndex(name) ?? this.newIndex(name)
    this.keepIndex(index)
    const { generation } = index
    const rebuild: Rebuild = { documents: new Map(), revisions: new Map(), touched: new Set() }
    index.rebuilds.add(rebuild)
    try {
      let documents = 0
      for await (const document of this.read(source ?? this.storedDocuments(index))) {
        this.checkOpen()
        this.checkSourceDocument(document)
        if (this.isTaken(rebuild, document)) documents++
        this.takeDocument(index, rebuild, document)
      }
      this.checkOpen()
      this.checkNotRebuilt(index, generation)
      this.putInPlace(index, rebuild)
      return documents
    } finally {
      index.rebuilds.delete(rebuild)
    }
  }

  storedDocuments({ documents }: HeldIndex): ReindexDocument[] {
    return [...documents.values()].map(({ doc, id }) => ({ id, doc }))
  }

  takeDocument(index: HeldIndex, rebuild: Rebuild, { doc, id, revision = 0 }: ReindexDocument): void {
    const key = this.encodeId(id)
    for (const field of this.addedFields(doc, index)) index.fields.set(field.path, field)
    if (this.isTouched(rebuild, key) || this.isOlder(revision, rebuild.revisions.get(key))) return
    rebuild.revisions.set(key, revision)
    rebuild.documents.set(key, { id, object: index.name, doc: this.copyIn(doc) } satisfies HeldDocument)
  }

  isTaken({ documents }: Rebuild, { id }: ReindexDocument): boolean {
    return !documents.has(this.encodeId(id))
  }

  /** What was written or removed meanwhile is newer than the source. */
  isTouched({ touched }: Rebuild, key: string): boolean {
    return touched.has(key)
  }

  isOlder(revision: number, known: number | undefined): boolean {
    return known !== undefined && revision < known
  }

  /** Of two at once the first that is done wins. */
  checkNotRebuilt(index: HeldIndex, generation: number): void {
    const stands = this.findIndex(index.name)
    if (stands?.generation !== generation) {
      this.refuseFor("PRECONDITION_FAILED", "reindex", "Another reindex was done first.")
    }
  }

  putInPlace(index: HeldIndex, { documents }: Rebuild): void {
    index.documents = documents
    index.generation = ++this.store.made
  }
}
