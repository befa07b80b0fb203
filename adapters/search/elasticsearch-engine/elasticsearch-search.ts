import type { AdapterContext } from "../../../contracts/adapter.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../../contracts/foundation/health.ts"
import type { IClosable, IConnectable } from "../../../contracts/foundation/lifecycle.ts"
import type {
  BulkOperation,
  BulkResult,
  IndexDefinition,
  IndexInfo,
  ISearchIndexing,
  ISearchService,
  ReindexDocument,
  ReindexReport,
  SearchQuery,
  SearchResult,
  Suggestion,
  SuggestQuery,
} from "../../../contracts/search/search.ts"
import { shownDocument } from "../../../core/search/for-adapters.ts"
import { NOT_WRITABLE } from "../../kit/not-writable.ts"
import { Sources } from "../../kit/sources.ts"
import type { SearchAnswer } from "./answers.ts"
import { findBlocks } from "./blocks.ts"
import { runBulk } from "./bulk.ts"
import { Connection } from "./connection.ts"
import { readDocument, type StoredDocument } from "./document-text.ts"
import { serviceError } from "./errors.ts"
import { Failure } from "./failures.ts"
import { Indexes } from "./indexes.ts"
import { Names } from "./names.ts"
import type { ParsedOptions } from "./options.ts"
import { Rebuilder } from "./rebuild.ts"
import { refreshIndexes } from "./refresh.ts"
import { Requests } from "./requests.ts"
import { Searcher } from "./searcher.ts"
import { refuseIncomplete, Snapshots } from "./snapshots.ts"
import { Suggester } from "./suggester.ts"
import { Writer, writeOperation } from "./writer.ts"

type Base = Omit<IClosable, typeof Symbol.asyncDispose> & IConnectable & IHealthCheckable

/** Names of blocked indexes that health shows. */
const SHOWN = 10

/** Search in a cluster of Elasticsearch. */
export class ElasticsearchSearch implements ISearchService, ISearchIndexing, Base {
  readonly #connection: Connection
  readonly #requests: Requests
  readonly #indexes: Indexes
  readonly #sources = new Sources()
  readonly #writer: Writer
  readonly #searcher: Searcher
  readonly #suggester: Suggester
  readonly #rebuilder: Rebuilder

  constructor(options: ParsedOptions, { clock, events, random }: Pick<AdapterContext, "clock" | "events" | "random">) {
    const { indexPrefix, refreshIntervalMs, replicas, retries, timeoutMs } = options
    const connection = new Connection(options)
    const requests = new Requests(connection, { clock, random, timeoutMs, retries })
    const indexes = new Indexes(requests, new Names(indexPrefix), { clock, events, replicas, refreshIntervalMs })
    const snapshots = new Snapshots(requests)
    this.#connection = connection
    this.#requests = requests
    this.#indexes = indexes
    this.#writer = new Writer(requests, indexes)
    this.#searcher = new Searcher(requests, indexes, snapshots, clock)
    this.#suggester = new Suggester(requests, indexes)
    this.#rebuilder = new Rebuilder(requests, indexes, snapshots, this.#sources, clock)
  }

  async connect(): Promise<void> {
    await this.#requests.check()
  }

  async index(object: string, id: string, doc: Record<string, unknown>): Promise<void> {
    const operation = writeOperation({ op: "index", object, id, doc }, this.#indexes.known(object)?.fields)
    const [outcome] = await this.#writer.write([operation], { waits: true })
    if (outcome?.error !== undefined) throw outcome.error
  }

  async remove(object: string, id: string): Promise<boolean> {
    const operation = writeOperation({ op: "remove", object, id })
    const [outcome] = await this.#writer.write([operation], { waits: true, isRepeatable: false })
    if (outcome?.error !== undefined) throw outcome.error
    return outcome?.wasThere ?? false
  }

  bulk(operations: Iterable<BulkOperation> | AsyncIterable<BulkOperation>): Promise<BulkResult> {
    return runBulk(this.#writer, this.#indexes, this.#sources, operations)
  }

  async get(object: string, id: string): Promise<Record<string, unknown> | undefined> {
    const state = await this.#indexes.state(object)
    if (state === undefined) return undefined
    const path = `/${this.#indexes.names.alias(object)}/_doc/${pathPart(id)}`
    const answer = await this.#requests.call<{ _source?: StoredDocument } | undefined>(
      { method: "GET", path },
      // Neither a missing document nor an index that went away meanwhile is an error.
      { kind: "read", recover: (failure) => (failure.status === 404 ? undefined : failure) },
    )
    return answer?._source && shownDocument(readDocument(answer._source), state.fields)
  }

  search(query: SearchQuery): Promise<SearchResult> {
    return this.#searcher.search(query)
  }

  suggest(query: SuggestQuery): Promise<Suggestion[]> {
    return this.#suggester.suggest(query)
  }

  defineIndex(definition: IndexDefinition): Promise<void> {
    return this.#indexes.define(definition)
  }

  listIndexes(): Promise<IndexInfo[]> {
    return this.#indexes.list()
  }

  deleteIndex(name: string): Promise<void> {
    return this.#indexes.delete(name)
  }

  reindex(object: string, source?: Iterable<ReindexDocument> | AsyncIterable<ReindexDocument>): Promise<ReindexReport> {
    return this.#rebuilder.reindex(object, source)
  }

  async refresh(object?: string): Promise<void> {
    if (object === undefined) await refreshIndexes(this.#requests, this.#indexes.names.all)
    else await this.#writer.refresh(object)
  }

  async healthCheck(signal?: AbortSignal): Promise<PluginHealthStatus> {
    const { names } = this.#indexes
    const [, blocks, lost] = await Promise.all([
      this.#probe(signal),
      findBlocks(this.#requests, names, signal),
      this.#indexes.findLost(signal),
    ])
    const degraded = (message: string, details: Record<string, unknown>) => {
      return { status: "degraded" as const, message, latency: 0, details }
    }
    if (blocks?.cluster) {
      const message = "The cluster takes no writes; give it a master, or take away its blocks (cluster.blocks)."
      return degraded(message, { code: "UNAVAILABLE", reason: NOT_WRITABLE })
    }
    if (blocks !== undefined && blocks.indexes.length > 0) {
      const message = `Indexes take no writes: ${blocks.indexes.length}; make room where a disk is nearly full, or take away their blocks (index.blocks).`
      const indexes = blocks.indexes.slice(0, SHOWN)
      return degraded(message, { code: "UNAVAILABLE", reason: NOT_WRITABLE, indexes })
    }
    if (lost === 0) return { status: "healthy", latency: 0 }
    const message = `Indexes that were defined are gone: ${lost}; fill them again, or delete them by deleteIndex.`
    return degraded(message, { lost })
  }

  /** Asks with a body: a client of another major version is answered only as long as it sends none. */
  async #probe(signal: AbortSignal | undefined): Promise<void> {
    const answer = await this.#requests.call<SearchAnswer>(
      {
        method: "POST",
        path: `/${this.#indexes.names.all}/_search`,
        query: { allow_partial_search_results: false, ignore_unavailable: true, allow_no_indices: true },
        body: { size: 0, track_total_hits: false },
      },
      { kind: "read", signal },
    )
    refuseIncomplete(answer)
  }

  async getMetrics(): Promise<Record<string, number>> {
    return { indexes_lost: this.#indexes.lost }
  }

  async close(): Promise<void> {
    this.#sources.close()
    this.#requests.end()
    await this.#rebuilder.settled()
    await this.#connection.close()
  }
}

/** Dots alone would be taken for a folder. */
function pathPart(id: string): string {
  return encodeURIComponent(id).replaceAll(".", "%2E")
}

/** What a call failed with, where it was a single request. */
export function mapError(error: unknown): ServiceError {
  if (ServiceError.is(error)) return error
  if (error instanceof Failure) return serviceError(error, "write")
  return new ServiceError("INTERNAL", "The client library failed; see cause.", { cause: error })
}
