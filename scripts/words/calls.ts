/** Every method of every service over memory, called with arguments that are good but for one part. */
import { createMemoryCache } from "../../adapters/cache/memory.ts"
import { createMemoryQueue } from "../../adapters/queue/memory.ts"
import { createMemorySearch } from "../../adapters/search/memory.ts"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { cacheMethods } from "../../contracts/cache/cache.ts"
import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { queueMethods } from "../../contracts/queue/queue.ts"
import { searchMethods } from "../../contracts/search/search.ts"
import { storageMethods } from "../../contracts/storage/storage.ts"
import type { Provocation } from "./collect.ts"
import { spoiled } from "./hostile.ts"

interface ServiceUnderTest {
  readonly methods: Readonly<Record<string, MethodInfo>>
  readonly create: () => object
  /** Good arguments, all of them, of each method. */
  readonly good: Readonly<Record<string, readonly unknown[]>>
}

const messageId = "01KBAS5R3X0000003ZSWQ0TT4M"
const backoff = { type: "fixed", delayMs: 10, maxDelayMs: 10, multiplier: 2, jitter: 0 }
const rateLimit = { max: 2, durationMs: 10 }
const publishOptions = {
  type: "text",
  delay: 0,
  priority: 2,
  maxAttempts: 3,
  backoff,
  timeoutMs: 1000,
  idempotencyKey: "key",
  idempotencyWindowMs: 1000,
  groupKey: "group",
  metadata: { name: "text" },
}
const subscribeOptions = { concurrency: 1, visibilityTimeoutMs: 1000, rateLimit, groupConcurrency: 1, timeoutMs: 1000 }

const query = {
  object: "pages",
  q: "text",
  fields: ["title", { field: "body", boost: 2 }],
  operator: "and",
  prefix: "last",
  fuzzy: "auto",
  phrase: false,
  where: { and: [{ field: "title", op: "eq", value: "text" }] },
  facets: [{ field: "title", limit: 10, disjunctive: true }],
  sort: [{ field: "title", order: "desc" }],
  offset: 0,
  limit: 10,
  highlight: { fields: ["title"], fragments: 2, fragmentLength: 100 },
  select: ["title"],
  explain: true,
}

const definition = {
  name: "pages",
  fields: { title: { type: "text", analyzer: "english", boost: 2, searchable: true, stored: true } },
  synonyms: [["couch", "sofa"]],
}

const headers = {
  contentType: "text/plain",
  contentEncoding: "gzip",
  contentDisposition: "attachment; filename=text",
  contentLanguage: "de",
  cacheControl: "no-store",
  metadata: { name: "text" },
}
const checksum = { algorithm: "crc32", value: "AAAAAA==" }

export const SERVICES: Readonly<Record<string, ServiceUnderTest>> = {
  cache: {
    methods: cacheMethods,
    create: () => createMemoryCache({ maxValueBytes: 2000, maxBytes: 1_000_000 }),
    good: {
      get: ["key"],
      set: ["key", { name: "Ada" }, 60],
      delete: ["key"],
      has: ["key"],
      clear: [],
      stats: [],
      getMany: [["key"]],
      setMany: [[["key", 1]], 60],
      deleteMany: [["key"]],
      setIfAbsent: ["key", 1, 60],
      increment: ["count", 1, 60],
      take: ["key"],
      touch: ["key", 60],
      ttl: ["key"],
      lease: ["key", 1000],
      fill: ["key", "token", 1, 60, ["tag"]],
      release: ["key", "token"],
      setTagged: ["key", 1, ["tag"], 60],
      invalidateTags: [["tag"]],
      keys: [{ prefix: "key" }],
      setWithGrace: ["key", 1, { ttl: 60, grace: 60, tags: ["tag"] }],
      getStale: ["key"],
      getOrSet: [
        "key",
        () => 1,
        { ttl: 60, grace: 60, softTimeoutMs: 10, hardTimeoutMs: 1000, leaseMs: 10, tags: ["tag"] },
      ],
      namespace: ["name"],
    },
  },
  queue: {
    methods: queueMethods,
    create: () => createMemoryQueue({ maxPayloadBytes: 2000 }),
    good: {
      publish: ["mails", { to: "Ada" }, publishOptions],
      subscribe: ["mails", async () => {}, subscribeOptions],
      unsubscribe: ["mails"],
      getQueueSize: ["mails"],
      purge: ["mails"],
      publishMany: ["mails", [{ data: { to: "Ada" }, options: publishOptions }]],
      defineQueue: [{ name: "mails", concurrency: 1, rateLimit, maxAttempts: 3, backoff, deadLetterQueue: "dead" }],
      listQueues: [],
      getQueueStats: ["mails"],
      getTask: ["mails", messageId],
      cancel: ["mails", messageId],
      pause: ["mails"],
      resume: ["mails"],
      whenIdle: ["mails", { timeoutMs: 1000 }],
      listFailed: ["mails", { limit: 10 }],
      replay: ["mails", messageId],
      replayAll: ["mails"],
      purgeFailed: ["mails"],
      schedule: ["mails", "daily", { cron: "0 9 * * *", timezone: "Europe/Berlin" }, { to: "Ada" }],
      unschedule: ["mails", "daily"],
      listSchedules: ["mails"],
    },
  },
  search: {
    methods: searchMethods,
    create: () => createMemorySearch(),
    good: {
      index: ["pages", "1", { title: "text" }],
      search: [query],
      deleteIndex: ["pages"],
      defineIndex: [definition],
      listIndexes: [],
      get: ["pages", "1"],
      remove: ["pages", "1"],
      bulk: [[{ op: "index", object: "pages", id: "1", doc: { title: "text" } }]],
      reindex: ["pages", [{ id: "1", doc: { title: "text" }, revision: 1 }]],
      refresh: ["pages"],
      suggest: [{ object: "pages", text: "te", fields: ["title"], limit: 5 }],
    },
  },
  storage: {
    methods: storageMethods,
    create: () => createMemoryStorage({ maxObjectBytes: 2000 }),
    good: {
      createBucket: ["bucket"],
      listBuckets: [],
      deleteBucket: ["bucket", { force: false }],
      put: ["bucket", "key", "text", { ...headers, ifNoneMatch: "*", size: 4, checksum }],
      get: ["bucket", "key", { range: { start: 0, end: 1 }, ifMatch: "etag" }],
      head: ["bucket", "key"],
      delete: ["bucket", "key"],
      list: ["bucket", { prefix: "k", delimiter: "/", limit: 10, cursor: "cursor" }],
      deleteMany: ["bucket", ["key"]],
      copy: [
        { bucket: "bucket", key: "key" },
        { bucket: "bucket", key: "copy" },
        { contentType: "text/plain", cacheControl: "no-store", metadata: { name: "text" }, ifMatch: "etag" },
      ],
      presign: [
        "bucket",
        "key",
        { method: "PUT", expiresIn: 60, contentType: "text/plain", ifNoneMatch: "*", size: 4 },
      ],
      verifyPresigned: [{ method: "POST", url: "http://localhost/storage/bucket/key", fields: { name: "text" } }],
      createUpload: ["bucket", "key", { ...headers, ifMatch: "etag" }],
      resumeUpload: ["token"],
      sweepUploads: ["bucket", 1000],
    },
  },
}

/** Each bad argument of each method of a service. */
export function callsOf({ create, good }: ServiceUnderTest): Provocation[] {
  const service = create() as Record<string, (...args: readonly unknown[]) => unknown>
  return Object.entries(good).flatMap(([method, args]) =>
    args.flatMap((_, position) =>
      [...spoiled(args[position])].map(({ at, value }) => ({
        by: `${method}, argument ${position + 1}, ${at}`,
        run: () => service[method]?.(...args.with(position, value)),
      })),
    ),
  )
}
