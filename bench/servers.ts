import { hasLucene, LUCENE, LUCENE_MISSING } from "../scripts/lucene/lucene.ts"
import { ELASTICSEARCH_MISSING, findElasticsearch, startElasticsearch } from "../servers/elasticsearch.ts"
import { findPostgres, POSTGRES_MISSING, startPostgres } from "../servers/postgres.ts"
import { findRedis, REDIS_MISSING, startRedis } from "../servers/redis.ts"
import { findVersitygw, startVersitygw, VERSITYGW_MISSING } from "../servers/versitygw.ts"
import { startGcsDouble } from "./gcs-double.ts"
import { startS3Double } from "./s3-double.ts"
import type { Row, ServerName, Servers } from "./suite.ts"

interface Started {
  readonly servers: Servers
  /** What one row leaves behind must not slow the next one. */
  clean?(): Promise<unknown>
  stop(): Promise<void>
}

interface Startable {
  /** Why it cannot be started, or undefined. */
  missing(): string | undefined
  start(): Promise<Started>
}

const STARTABLE: Readonly<Record<ServerName, Startable>> = {
  redis: {
    missing: () => (findRedis() === undefined ? REDIS_MISSING : undefined),
    async start() {
      const redis = await startRedis()
      return { servers: { redisPort: redis.port }, clean: () => redis.command("FLUSHALL"), stop: () => redis.stop() }
    },
  },
  postgres: {
    missing: () => (findPostgres() === undefined ? POSTGRES_MISSING : undefined),
    async start() {
      const postgres = await startPostgres()
      return { servers: { postgresUrl: postgres.url }, stop: () => postgres.stop() }
    },
  },
  elasticsearch: {
    missing: () => (findElasticsearch() === undefined ? ELASTICSEARCH_MISSING : undefined),
    async start() {
      const node = await startElasticsearch()
      return { servers: { elasticsearchEndpoint: node.endpoint }, stop: () => node.stop() }
    },
  },
  lucene: {
    missing: () => (hasLucene() ? undefined : LUCENE_MISSING),
    start: async () => ({ servers: { lucene: LUCENE }, stop: async () => {} }),
  },
  s3: {
    missing: () => (findVersitygw() === undefined ? VERSITYGW_MISSING : undefined),
    async start() {
      const gateway = await startVersitygw()
      const { accessKeyId, endpoint, region, secretAccessKey } = gateway
      return { servers: { s3: { accessKeyId, endpoint, region, secretAccessKey } }, stop: () => gateway.stop() }
    },
  },
  s3Double: {
    missing: () => undefined,
    async start() {
      const { place, stop } = await startS3Double()
      return { servers: { s3Double: place }, stop }
    },
  },
  gcsDouble: {
    missing: () => undefined,
    async start() {
      const double = await startGcsDouble()
      const { endpoint, projectId } = double
      return { servers: { gcsDouble: { endpoint, projectId } }, stop: () => double.stop() }
    },
  },
}

export interface RunningServers {
  readonly servers: Servers
  afterRow(): Promise<void>
  stop(): Promise<void>
}

/** Why the servers that a row needs cannot be started, or undefined. */
export function missingServer({ needs = [] }: Row): string | undefined {
  return needs.map((name) => STARTABLE[name].missing()).find((missing) => missing !== undefined)
}

/** Starts each server that rows need, once. */
export async function startServers(rows: readonly Row[]): Promise<RunningServers> {
  const runnable = rows.filter((row) => missingServer(row) === undefined)
  const names = new Set(runnable.flatMap(({ needs = [] }) => needs))
  const started: Started[] = []
  for (const name of names) started.push(await STARTABLE[name].start())
  return {
    servers: Object.assign({}, ...started.map(({ servers }) => servers)) as Servers,
    async afterRow() {
      for (const { clean } of started) await clean?.()
    },
    async stop() {
      for (const one of started) await one.stop()
    },
  }
}
