import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { EventEmitter } from "../../../contracts/foundation/events.ts"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { IndexDefinition, IndexInfo } from "../../../contracts/search/search.ts"
import { emitQuietly } from "../../../core/foundation/emit-quietly.ts"
import { changeOf, type Field, type Fields, fieldsOf, preconditionFailed } from "../../../core/search/for-adapters.ts"
import { type Names, ownAlias } from "./names.ts"
import type { Requests } from "./requests.ts"
import {
  aliveAtOf,
  definedProperties,
  fieldsOfMapping,
  type IndexSettings,
  type Mapping,
  mappingOf,
  propertiesOf,
  type Synonyms,
  settingsOf,
  synonymsMeta,
  synonymsOf,
} from "./schema.ts"

/** What is known of the index of an object. */
export interface IndexState {
  readonly object: string
  /** Its name on the server. */
  readonly index: string
  readonly generation: number
  readonly mappingText: string
  readonly fields: Fields
  /** Whether it has fields that are not shown. */
  readonly hides: boolean
  readonly synonyms: Synonyms
  /** The index that is being built to take its place. Writes go to both. */
  readonly next: NextIndex | undefined
  readonly loadedAt: number
}

interface NextIndex {
  readonly index: string
  readonly generation: number
  readonly fields: Fields
  readonly aliveAt: number
}

interface DescribedIndex {
  readonly aliases: Readonly<Record<string, unknown>>
  readonly mappings: Mapping
}

export interface IndexesSettings extends IndexSettings {
  readonly clock: Clock
  readonly events: EventEmitter
}

/** For so long other processes may not be heard of: of fields that they add, or boosts that they change. */
const FRESH_MS = 1000
const FIRST = 1
/** A field has another type, or is an object, or the index is gone. */
const CONFLICTS = ["illegal_argument_exception", "mapper_parsing_exception", "index_not_found_exception"] as const
const ATTEMPTS = 5
/** Where none of the names is there, the answer has none. */
const EVEN_NONE = { ignore_unavailable: true, allow_no_indices: true, expand_wildcards: "all" } as const

/** The indexes of a prefix, with what they have: asked for again where that may have changed. */
export class Indexes {
  readonly names: Names
  readonly #requests: Requests
  readonly #settings: IndexesSettings
  readonly #states = new Map<string, IndexState>()
  readonly #loads = new Map<string, Promise<IndexState | undefined>>()
  /** Changes of one index, one after the other. */
  readonly #changes = new Map<string, Promise<unknown>>()
  /** What this instance defined, so that an index that is lost comes back as it was. */
  readonly #defined = new Map<string, IndexDefinition>()
  readonly #lost = new Set<string>()

  constructor(requests: Requests, names: Names, settings: IndexesSettings) {
    this.#requests = requests
    this.names = names
    this.#settings = settings
  }

  /** Indexes that were defined here, and are gone though nobody deleted them here. */
  get lost(): number {
    return this.#lost.size
  }

  /** Looks for the indexes that were defined here. @returns How many are gone. */
  async findLost(signal?: AbortSignal): Promise<number> {
    if (this.#defined.size === 0) return 0
    const indexes = await this.#requests.call<Record<string, Pick<DescribedIndex, "aliases">>>(
      { method: "GET", path: `/${this.names.all}/_alias`, query: EVEN_NONE },
      { kind: "read", signal },
    )
    const there = new Set(Object.values(indexes).flatMap(({ aliases }) => Object.keys(aliases)))
    for (const object of this.#defined.keys()) {
      if (there.has(this.names.alias(object))) this.#lost.delete(object)
      else this.#missing(object)
    }
    return this.#lost.size
  }

  /** Undefined where there is none. `fresh`: asked for now. `until`: when the call that needs it is over. */
  async state(object: string, fresh = false, until?: number): Promise<IndexState | undefined> {
    const known = this.#states.get(object)
    if (!fresh && known !== undefined && this.#settings.clock.monotonic() - known.loadedAt < FRESH_MS) return known
    const running = fresh ? undefined : this.#loads.get(object)
    if (running !== undefined) return running
    const load = this.#load(object, until).finally(() => {
      if (this.#loads.get(object) === load) this.#loads.delete(object)
    })
    this.#loads.set(object, load)
    return load
  }

  /** What is known of an index without asking. It may be old. */
  known(object: string): IndexState | undefined {
    return this.#states.get(object)
  }

  forget(object: string): void {
    this.#states.delete(object)
  }

  /** The state of an index, which is made where it is not there. */
  async ensured(object: string, fresh = false): Promise<IndexState> {
    const state = await this.state(object, fresh)
    return state ?? (await this.#oneByOne(object, () => this.#create(object)))
  }

  /**
   * Adds fields to an index, and to the one that is to take its place.
   *
   * @returns False where the index has a field of another type meanwhile; its state is then known anew.
   */
  async addFields(state: IndexState, fields: readonly Field[]): Promise<boolean> {
    return await this.#oneByOne(state.object, async () => {
      const isDone = await this.#putMapping(state, { properties: propertiesOf(fields) })
      // One of them may have been defined meanwhile, with a boost or uses of its own.
      await this.state(state.object, true)
      return isDone
    })
  }

  async define(definition: IndexDefinition): Promise<void> {
    const { name } = definition
    await this.#oneByOne(name, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const state = (await this.state(name, true)) ?? (await this.#create(name, definition))
        const { changed, synonyms } = changeOf(state.fields, definition)
        const isSame = JSON.stringify(synonyms) === JSON.stringify(state.synonyms)
        if (changed.length === 0 && isSame) break
        const properties = definedProperties(changed)
        const isDone = await this.#putMapping(state, { properties, ...(!isSame && synonymsMeta(synonyms)) })
        if (!isDone && attempt === ATTEMPTS - 1) throw preconditionFailed("definition")
      }
    })
    this.#defined.set(name, definition)
  }

  async list(): Promise<IndexInfo[]> {
    const described = await this.#describe(this.names.all)
    const counts = await this.#counts()
    const infos: IndexInfo[] = []
    for (const [index, { aliases, mappings }] of Object.entries(described)) {
      const object = this.names.parse(index)?.object
      if (object === undefined || !(this.names.alias(object) in aliases)) continue
      const types = [...fieldsOfMapping(mappings)].map(([path, { type }]) => [path, type] as const)
      infos.push({ name: object, documents: counts.get(index) ?? 0, fields: Object.fromEntries(types) })
    }
    return infos.sort((one, other) => compareCodePoints(one.name, other.name))
  }

  async delete(object: string): Promise<void> {
    this.#defined.delete(object)
    this.#lost.delete(object)
    await this.#oneByOne(object, async () => {
      const described = await this.#describe(this.names.indexesOf(object))
      await this.deleteIndexes(Object.keys(described))
      this.forget(object)
    })
  }

  async deleteIndexes(indexes: readonly string[], outlivesClose = false): Promise<void> {
    if (indexes.length === 0) return
    await this.#requests.call(
      { method: "DELETE", path: `/${indexes.join(",")}`, query: { ignore_unavailable: true } },
      { kind: "write", isRepeatable: true, outlivesClose },
    )
  }

  /** Names on the server of all indexes of an object, also of those that nobody uses any more. */
  async indexesOf(object: string): Promise<string[]> {
    return Object.keys(await this.#describe(this.names.indexesOf(object)))
  }

  /** @returns False where an index of this name is there already. */
  async createIndex(index: string, aliases: object, mappings: object, more: object = {}): Promise<boolean> {
    const settings = { ...settingsOf(this.#settings), ...more }
    const created = await this.#requests.call<unknown>(
      {
        method: "PUT",
        path: `/${index}`,
        body: { settings, mappings, aliases: { ...aliases, [ownAlias(index)]: {} } },
      },
      {
        kind: "write",
        isRepeatable: true,
        recover: (failure) => (failure.is("resource_already_exists_exception") ? undefined : failure),
      },
    )
    return created !== undefined
  }

  async #load(object: string, until?: number): Promise<IndexState | undefined> {
    const alias = this.names.alias(object)
    const next = this.names.next(object)
    const described = await this.#describe(`${alias},${next}`, until)
    const indexes = Object.entries(described).flatMap(([index, { aliases, mappings }]) => {
      const generation = this.names.parse(index)?.generation
      return generation === undefined ? [] : [{ index, generation, aliases, mappings }]
    })
    const current = indexes.find(({ aliases }) => alias in aliases)
    if (current === undefined) return this.#missing(object)
    const building = indexes.find(({ aliases }) => next in aliases)
    const before = this.#states.get(object)
    const text = JSON.stringify(current.mappings)
    // The same map for as long as it says the same: documents that were found to fit it still do.
    const fields = before?.mappingText === text ? before.fields : fieldsOfMapping(current.mappings)
    const state: IndexState = {
      object,
      index: current.index,
      generation: current.generation,
      mappingText: text,
      fields,
      hides: [...fields.values()].some(({ stored }) => !stored),
      synonyms: sameSynonyms(before?.synonyms, synonymsOf(current.mappings)),
      next: building && {
        index: building.index,
        generation: building.generation,
        fields: fieldsOfMapping(building.mappings),
        aliveAt: aliveAtOf(building.mappings),
      },
      loadedAt: this.#settings.clock.monotonic(),
    }
    this.#states.set(object, state)
    this.#lost.delete(object)
    return state
  }

  #missing(object: string): undefined {
    this.#states.delete(object)
    if (!this.#defined.has(object) || this.#lost.has(object)) return undefined
    this.#lost.add(object)
    emitQuietly(this.#settings.events, "search.index.lost", { object })
    return undefined
  }

  async #create(object: string, definition = this.#defined.get(object)): Promise<IndexState> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await this.state(object, true)
      if (before !== undefined) return before
      const fields = definition === undefined ? new Map<string, Field>() : fieldsOf(definition)
      const index = this.names.index(object, FIRST)
      const aliases = { [this.names.alias(object)]: { is_write_index: true } }
      // Of processes that do so at once one makes it; the others find it.
      await this.createIndex(index, aliases, mappingOf(fields, definition?.synonyms ?? []))
      const state = await this.state(object, true)
      if (state !== undefined) return state
      await this.#requests.sleep(this.#requests.pauseAfter(attempt))
    }
    throw new ServiceError(
      "UNAVAILABLE",
      "The index is there, but its alias is gone; add the alias again, or delete the index by deleteIndex.",
    )
  }

  async #putMapping({ index, next }: IndexState, mapping: object): Promise<boolean> {
    const indexes = next === undefined ? index : `${index},${next.index}`
    const isDone = await this.#requests.call<unknown>(
      { method: "PUT", path: `/${indexes}/_mapping`, body: mapping },
      {
        kind: "write",
        isRepeatable: true,
        recover: (failure) => (failure.is(...CONFLICTS) ? undefined : failure),
      },
    )
    return isDone !== undefined
  }

  async #describe(names: string, until?: number): Promise<Record<string, DescribedIndex>> {
    return await this.#requests.call({ method: "GET", path: `/${names}`, query: EVEN_NONE }, { kind: "read", until })
  }

  async #counts(): Promise<Map<string, number>> {
    const answer = await this.#requests.call<CountAnswer>(
      {
        method: "POST",
        path: `/${this.names.all}/_search`,
        query: { allow_partial_search_results: false, ignore_unavailable: true },
        body: { size: 0, aggs: { indexes: { terms: { field: "_index", size: 60_000 } } } },
      },
      { kind: "read" },
    )
    return new Map(answer.aggregations?.indexes.buckets.map(({ doc_count, key }) => [key, doc_count]))
  }

  async #oneByOne<T>(object: string, change: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(object) ?? Promise.resolve()
    const now = before.then(change, change)
    const settled = now.catch(() => {})
    this.#changes.set(object, settled)
    try {
      return await now
    } finally {
      if (this.#changes.get(object) === settled) this.#changes.delete(object)
    }
  }
}

interface CountAnswer {
  readonly aggregations?: {
    readonly indexes: { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] }
  }
}

/** The same array for as long as it says the same: what is made of it is kept by it. */
function sameSynonyms(before: Synonyms | undefined, now: Synonyms): Synonyms {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now
}
