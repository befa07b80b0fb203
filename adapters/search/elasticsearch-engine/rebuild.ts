import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { reindexDocumentIssue } from "../../../contracts/search/arguments.ts"
import type { ReindexDocument, ReindexReport } from "../../../contracts/search/search.ts"
import { addedFields, type Fields, preconditionFailed, typeRefused } from "../../../core/search/for-adapters.ts"
import type { Sources } from "../../kit/sources.ts"
import type { AnsweredHit, SearchAnswer } from "./answers.ts"
import { type BulkLine, sendBulk } from "./bulk-request.ts"
import { documentText } from "./document-text.ts"
import { isRefusedForNow, serviceError } from "./errors.ts"
import type { Indexes, IndexState } from "./indexes.ts"
import { ownAlias } from "./names.ts"
import { aliasActions, blockWrites, LEASE_MS, Lease, unblockWrites } from "./rebuild-steps.ts"
import { refreshIndexes } from "./refresh.ts"
import { KEY_FIELD } from "./request/field-names.ts"
import type { Requests } from "./requests.ts"
import { definedProperties, keyProperty, mappingOf, synonymsMeta } from "./schema.ts"
import { KEEP_ALIVE, type Snapshots } from "./snapshots.ts"
import { liveVersion, revisionVersion } from "./versions.ts"

type Source = Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>

const ATTEMPTS = 3
const PORTION = 1000
const PORTION_CHARACTERS = 4_000_000
/** Documents of the first page, whose size is not known. */
const FIRST_PAGE = 100
/** Tombstones of deletes must outlive every copy that comes later. */
const KEEP_DELETES = "1d"

/** Builds indexes anew while they serve. How, and why so, is in README.md. */
export class Rebuilder {
  readonly #requests: Requests
  readonly #indexes: Indexes
  readonly #snapshots: Snapshots
  readonly #sources: Sources
  readonly #clock: Clock
  readonly #running = new Set<Promise<unknown>>()
  /** Indexes that could not be put away when their rebuild failed, and when that was. */
  readonly #left = new Map<string, number>()

  constructor(requests: Requests, indexes: Indexes, snapshots: Snapshots, sources: Sources, clock: Clock) {
    this.#requests = requests
    this.#indexes = indexes
    this.#snapshots = snapshots
    this.#sources = sources
    this.#clock = clock
  }

  async reindex(object: string, source?: Source): Promise<ReindexReport> {
    const start = this.#clock.monotonic()
    const rebuild = this.#rebuild(object, source)
    const settled = rebuild.catch(() => {})
    this.#running.add(settled)
    try {
      return { documents: await rebuild, tookMs: this.#clock.monotonic() - start }
    } finally {
      this.#running.delete(settled)
    }
  }

  /** Resolves once those that were ended have put things back. */
  async settled(): Promise<void> {
    await Promise.all(this.#running)
  }

  async #rebuild(object: string, source: Source | undefined): Promise<number> {
    // Before the state is asked: an index that another rebuild makes in between is then in its way, or has its alias.
    const taken = await this.#indexes.indexesOf(object)
    const before =
      source === undefined ? await this.#indexes.state(object, true) : await this.#indexes.ensured(object, true)
    if (before === undefined) return 0
    if (before.next !== undefined) await this.#takeOver(before)
    const next = await this.#create(before, taken)
    const lease = new Lease(this.#clock, () => this.#renew(next))
    try {
      const state = await this.#meanwhileToBoth(before, next)
      const last = await this.#lastSequence(state.index)
      const documents = source === undefined ? await this.#copyOwn(state, next) : await this.#copy(state, next, source)
      await this.#copyOwn(state, next, last)
      await this.#completed(object, next)
      await this.#swap(state, next)
      return documents
    } catch (error) {
      await this.#abandon(before, next).catch(() => this.#left.set(next, this.#clock.now()))
      throw error
    } finally {
      lease.end()
      this.#indexes.forget(object)
    }
  }

  /** The one that begins later loses, unless the other has not been heard of for long, or failed here: it is then put away. */
  async #takeOver(state: IndexState): Promise<void> {
    const { next } = state
    if (next === undefined) return
    const isLeft = next.aliveAt <= (this.#left.get(next.index) ?? 0)
    if (!isLeft && this.#clock.now() - next.aliveAt < LEASE_MS) throw preconditionFailed("reindex")
    await this.#abandon(state, next.index)
    this.#left.delete(next.index)
  }

  /**
   * Of several at once one makes the index.
   *
   * @param taken Names of all indexes of the object: none is used again, so that a rebuild that was taken for dead, and
   * goes on, does so to an index that is gone.
   */
  async #create({ fields, generation, object, synonyms }: IndexState, taken: readonly string[]): Promise<string> {
    const { names } = this.#indexes
    const generations = taken.map((name) => names.parse(name)?.generation ?? 0)
    const index = names.index(object, Math.max(generation, ...generations) + 1)
    const mapping = mappingOf(fields, synonyms, this.#clock.now())
    const aliases = { [names.next(object)]: {} }
    const isMade = await this.#indexes.createIndex(index, aliases, mapping, { gc_deletes: KEEP_DELETES })
    if (!isMade) throw preconditionFailed("reindex")
    return index
  }

  /** From here on every write goes to both indexes: those that began before have ended. */
  async #meanwhileToBoth({ index, object }: IndexState, next: string): Promise<IndexState> {
    const alias = this.#indexes.names.alias(object)
    await blockWrites(this.#requests, index)
    try {
      await aliasActions(this.#requests, [{ add: { index, alias, is_write_index: false } }], { isRepeatable: true })
    } finally {
      await unblockWrites(this.#requests, index)
    }
    return await this.#completed(object, next)
  }

  /** Gives the new index what was defined since it was made, by who did not know of it. */
  async #completed(object: string, next: string): Promise<IndexState> {
    const state = await this.#indexes.state(object, true)
    if (state?.next?.index !== next) throw preconditionFailed("reindex")
    const { fields, synonyms } = state
    const mapping = { ...synonymsMeta(synonyms), properties: definedProperties([...fields.values()]) }
    const answer = await this.#requests.call<unknown>(
      { method: "PUT", path: `/${next}/_mapping`, body: mapping },
      {
        kind: "write",
        isRepeatable: true,
        recover: (failure) => (failure.is("illegal_argument_exception") ? undefined : failure),
      },
    )
    if (answer === undefined) throw preconditionFailed("reindex")
    return state
  }

  /** The number of the last write that searches see. */
  async #lastSequence(index: string): Promise<number> {
    await refreshIndexes(this.#requests, index)
    const { hits } = await this.#requests.call<SearchAnswer>(
      {
        method: "POST",
        path: `/${index}/_search`,
        body: { size: 1, sort: [{ _seq_no: "desc" }], seq_no_primary_term: true, _source: false },
      },
      { kind: "read" },
    )
    return hits.hits[0]?._seq_no ?? -1
  }

  /**
   * The documents that the index has, or those of writes behind one: of a write that was on its way to the index alone when
   * all others began to go to both. Those that are written meanwhile have higher versions.
   */
  async #copyOwn({ index }: IndexState, next: string, behind = -1): Promise<number> {
    await refreshIndexes(this.#requests, index)
    const snapshot = await this.#snapshots.open([index]).catch(endRebuild)
    let documents = 0
    let size = FIRST_PAGE
    let after: readonly unknown[] | undefined
    try {
      for (;;) {
        const { hits } = await this.#snapshots.search({
          size,
          query: { range: { _seq_no: { gt: behind } } },
          sort: ["_shard_doc"],
          track_total_hits: false,
          seq_no_primary_term: true,
          pit: { id: snapshot, keep_alive: KEEP_ALIVE },
          ...(after !== undefined && { search_after: after }),
        })
        const lines = hits.hits.map((hit) => copyLine(hit, next))
        await this.#send(lines)
        documents += lines.length
        after = hits.hits.at(-1)?.sort
        if (lines.length < size || after === undefined) return documents
        size = pageSize(lines)
      }
    } catch (error) {
      return endRebuild(error)
    } finally {
      await this.#snapshots.close(snapshot)
    }
  }

  /** The documents of a source, in portions. */
  async #copy(state: IndexState, next: string, source: Source): Promise<number> {
    const { object } = state
    let known: Fields = state.fields
    let documents = 0
    let lines: BulkLine[] = []
    let characters = 0
    await this.#sources.forEach(source, async (document) => {
      const issue = reindexDocumentIssue(document)
      if (issue !== undefined) throw new ServiceError("INVALID_ARGUMENT", issue)
      const { doc, id, revision } = document
      known = await this.#fieldsWith(doc, state, known)
      const idText = JSON.stringify(id)
      const text = documentText(object, idText, doc)
      lines.push({ op: "index", target: ownAlias(next), idText, source: text, version: revisionVersion(revision) })
      characters += text.length
      if (lines.length >= PORTION || characters >= PORTION_CHARACTERS) {
        documents += await this.#send(lines)
        lines = []
        characters = 0
      }
    })
    return documents + (await this.#send(lines))
  }

  /** The fields of both indexes, to which those of the document were added. Others may define them meanwhile. */
  async #fieldsWith(doc: ReindexDocument["doc"], state: IndexState, known: Fields): Promise<Fields> {
    let fields = known
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const added = addedFields(doc, fields)
      if (added.length === 0) return fields
      if (await this.#indexes.addFields(state, added)) {
        return new Map([...fields, ...added.map((field) => [field.path, field] as const)])
      }
      const now = await this.#indexes.state(state.object)
      if (now === undefined || now.next?.index !== state.next?.index) throw preconditionFailed("reindex")
      fields = now.fields
    }
    throw typeRefused("A value", "one that the index can take", "another")
  }

  /** @returns How many of them have an id that no document had. */
  async #send(lines: readonly BulkLine[]): Promise<number> {
    let added = 0
    let open = lines
    for (let attempt = 0; open.length > 0; attempt++) {
      const answers = await sendBulk(this.#requests, open)
      const again: BulkLine[] = []
      for (const [at, { failure, isNew }] of answers.entries()) {
        if (isNew) added++
        // A conflict tells of a later write that is there already.
        if (failure === undefined || failure.status === 409) continue
        if (failure.is("index_not_found_exception")) throw preconditionFailed("reindex")
        if (!isRefusedForNow(failure) || attempt >= this.#requests.retries) throw serviceError(failure, "write")
        again.push(open[at] as BulkLine)
      }
      open = again
      if (open.length > 0) await this.#requests.sleep(this.#requests.pauseAfter(attempt))
    }
    return added
  }

  async #swap({ index, object }: IndexState, next: string): Promise<void> {
    const { names } = this.#indexes
    await refreshIndexes(this.#requests, next)
    const actions = [
      { remove: { index, alias: names.alias(object), must_exist: true } },
      { remove: { index: next, alias: names.next(object), must_exist: true } },
      { add: { index: next, alias: names.alias(object), is_write_index: true } },
    ]
    const isDone = await aliasActions(this.#requests, actions, { isRepeatable: true })
    // One whose answer was lost finds its own work when it is done again.
    if (!isDone && (await this.#indexes.state(object, true))?.index !== next) throw preconditionFailed("reindex")
    // The new one serves. What fails from here on is left to the next reindex, or to deleteIndex.
    await this.#tidy(object, next).catch(() => {})
  }

  async #tidy(object: string, next: string): Promise<void> {
    const all = await this.#indexes.indexesOf(object)
    const generation = (index: string) => this.#indexes.names.parse(index)?.generation ?? Number.POSITIVE_INFINITY
    await this.#indexes.deleteIndexes(all.filter((index) => generation(index) < generation(next)))
    await this.#requests.call(
      { method: "PUT", path: `/${next}/_settings`, body: { index: { gc_deletes: null } } },
      { kind: "write", isRepeatable: true },
    )
  }

  /**
   * The old index takes all writes again, unless another rebuild is under way by now, or the swap was done though nobody
   * told so: the new index then has no alias of one that is being built, and stays.
   */
  async #abandon({ index, object }: IndexState, next: string): Promise<void> {
    const { names } = this.#indexes
    const actions = [
      { remove: { index: next, alias: names.next(object), must_exist: true } },
      { add: { index, alias: names.alias(object), is_write_index: true } },
    ]
    if (!(await aliasActions(this.#requests, actions, { outlivesClose: true }))) return
    await unblockWrites(this.#requests, index, true)
    await this.#indexes.deleteIndexes([next], true)
  }

  async #renew(next: string): Promise<void> {
    const properties = { [KEY_FIELD]: keyProperty(this.#clock.now()) }
    await this.#requests.call(
      { method: "PUT", path: `/${next}/_mapping`, body: { properties } },
      { kind: "write", isRepeatable: true },
    )
  }
}

/** A snapshot ends where the index was deleted meanwhile. */
function endRebuild(error: unknown): never {
  if (ServiceError.is(error) && error.details?.["reason"] === "cursor") throw preconditionFailed("reindex", error)
  throw error
}

function copyLine({ _id, _seq_no = 0, _source }: AnsweredHit, next: string): BulkLine {
  const idText = JSON.stringify(_id)
  const source = JSON.stringify(_source)
  return { op: "index", target: ownAlias(next), idText, source, version: liveVersion(_seq_no) }
}

function pageSize(lines: readonly BulkLine[]): number {
  const characters = lines.reduce((sum, { source = "" }) => sum + source.length, 1)
  return Math.max(1, Math.min(PORTION, Math.floor((PORTION_CHARACTERS * lines.length) / characters)))
}
