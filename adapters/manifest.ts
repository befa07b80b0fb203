import type { LazyAdapter } from "../contracts/adapter.ts"

/** Every built-in adapter. Its module is loaded when it is chosen. */
export const builtinAdapters: readonly LazyAdapter[] = [
  {
    service: "cache",
    name: "memory",
    schemes: ["memory"],
    load: async () => (await import("./cache/memory.ts")).memoryCache,
  },
  {
    service: "cache",
    name: "lru-cache",
    schemes: ["lru-cache"],
    load: async () => (await import("./cache/lru-cache.ts")).lruCache,
  },
  {
    service: "cache",
    name: "redis",
    schemes: ["redis", "rediss"],
    load: async () => (await import("./cache/redis.ts")).redisCache,
  },
  {
    service: "queue",
    name: "memory",
    schemes: ["memory"],
    load: async () => (await import("./queue/memory.ts")).memoryQueue,
  },
  {
    service: "queue",
    name: "bullmq",
    schemes: ["redis", "rediss"],
    load: async () => (await import("./queue/bullmq.ts")).bullmqQueue,
  },
  {
    service: "search",
    name: "elasticsearch",
    schemes: ["elasticsearch+http", "elasticsearch+https"],
    load: async () => (await import("./search/elasticsearch.ts")).elasticsearchSearch,
  },
  {
    service: "search",
    name: "memory",
    schemes: ["memory"],
    load: async () => (await import("./search/memory.ts")).memorySearch,
  },
  {
    service: "storage",
    name: "filesystem",
    schemes: ["file"],
    load: async () => (await import("./storage/filesystem.ts")).filesystemStorage,
  },
  {
    service: "storage",
    name: "gcs",
    schemes: ["gs"],
    load: async () => (await import("./storage/gcs.ts")).gcsStorage,
  },
  {
    service: "storage",
    name: "memory",
    schemes: ["memory"],
    load: async () => (await import("./storage/memory.ts")).memoryStorage,
  },
  {
    service: "storage",
    name: "s3",
    schemes: ["s3"],
    load: async () => (await import("./storage/s3.ts")).s3Storage,
  },
  {
    service: "tracing",
    name: "memory",
    schemes: ["memory"],
    load: async () => (await import("./tracing/memory.ts")).memoryTracing,
  },
  {
    service: "tracing",
    name: "opentelemetry",
    schemes: ["otlp+http", "otlp+https"],
    load: async () => (await import("./tracing/opentelemetry.ts")).opentelemetryTracing,
  },
]
