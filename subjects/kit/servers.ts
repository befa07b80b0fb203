/** What subjects of several services share: servers, and the times that they are given. */
import { ELASTICSEARCH_MISSING, findElasticsearch, startElasticsearch } from "../../servers/elasticsearch.ts"
import { FAKE_GCS_MISSING, findFakeGcs, startFakeGcs } from "../../servers/fake-gcs-server.ts"
import { findOtelCollector, OTEL_COLLECTOR_MISSING, startOtelCollector } from "../../servers/otel-collector.ts"
import { startOtelSink } from "../../servers/otel-sink.ts"
import { findRedis, REDIS_MISSING, startRedis } from "../../servers/redis.ts"
import { findValkey, startValkey, VALKEY_MISSING } from "../../servers/valkey.ts"
import { findVersitygw, startVersitygw, VERSITYGW_MISSING } from "../../servers/versitygw.ts"

export const REDIS_PASSWORD = "password-of-the-conformance-run"

/** A deadline for the pace of this machine; the longest is one that nobody waits for. */
export const deadline = (ms: number, timeScale: number) => Math.min(Math.ceil(ms * timeScale), 60_000)

/** One server of a kind for all subjects that use it, started when the first does. */
export function shared<Server>(start: () => Promise<Server>): () => Promise<Server> {
  let server: Promise<Server> | undefined
  return () => {
    server ??= start()
    return server
  }
}

export const redis = shared(() => startRedis({ password: REDIS_PASSWORD }))
export const valkey = shared(startValkey)
export const versitygw = shared(startVersitygw)
export const fakeGcs = shared(startFakeGcs)
export const elasticsearch = shared(startElasticsearch)
export const elasticsearch9 = shared(() => startElasticsearch({ version: "9" }))

/** A collector, with what it took. */
export const otelCollector = shared(async () => {
  const sink = await startOtelSink()
  return { sink, collector: await startOtelCollector({ forwardTo: sink.url }) }
})

/** One that keeps everything on disk, for a clause that stops it. */
export const startDurableRedis = () => startRedis({ password: REDIS_PASSWORD, appendOnly: true })

export const redisAvailable = () => (findRedis() === undefined ? REDIS_MISSING : undefined)
export const valkeyAvailable = () => (findValkey() === undefined ? VALKEY_MISSING : undefined)
export const versitygwAvailable = () => (findVersitygw() === undefined ? VERSITYGW_MISSING : undefined)
export const fakeGcsAvailable = () => (findFakeGcs() === undefined ? FAKE_GCS_MISSING : undefined)
export const elasticsearchAvailable = () => (findElasticsearch() === undefined ? ELASTICSEARCH_MISSING : undefined)
export const elasticsearch9Available = () => (findElasticsearch("9") === undefined ? ELASTICSEARCH_MISSING : undefined)
export const otelCollectorAvailable = () => (findOtelCollector() === undefined ? OTEL_COLLECTOR_MISSING : undefined)
