import * as z from "zod/mini"
import { createMemoryStorage } from "../../adapters/storage/memory.ts"
import { defineAdapter } from "../../contracts/adapter.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import type { ObjectStorageConfig } from "./storage-config.ts"

const text = z.optional(z.string())
const remote = {
  defaultBucket: text,
  endpoint: text,
  bucketPrefix: text,
  timeoutMs: z._default(z.int().check(z.minimum(1)), 10_000),
}

const SCHEMAS = {
  s3: z.strictObject({
    ...remote,
    region: text,
    preset: text,
    forcePathStyle: z.optional(z.boolean()),
    partBytes: z.optional(z.int()),
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text,
  }),
  gcs: z.strictObject({
    ...remote,
    projectId: text,
    keyFilename: text,
    credentials: z.optional(z.strictObject({ client_email: z.string(), private_key: z.string() })),
  }),
  filesystem: z.strictObject({ root: z.string() }),
} as const

/** Adapters that have the options of the real ones, keep what they were made of, and are memory behind that. */
export function documentAdapters(make: () => Storage = createMemoryStorage) {
  const made: unknown[] = []
  const adapters = (["s3", "gcs", "filesystem"] as const).map((name) => {
    return defineAdapter({
      service: "storage",
      name,
      contractVersion: 1,
      schemes: [name],
      optionsSchema: SCHEMAS[name] as z.ZodMiniType<object>,
      create(options) {
        made.push(options)
        return make()
      },
    })
  })
  return { adapters, made }
}

/** A document of each provider that has an adapter, as short as it can be. */
export const shortDocuments: Readonly<Record<string, ObjectStorageConfig>> = {
  s3: { name: "files", label: "Files", provider: "s3", connection: {} },
  gcs: { name: "files", label: "Files", provider: "gcs", connection: {} },
  minio: { name: "files", label: "Files", provider: "minio", connection: { endpoint: "https://minio.test" } },
  local: { name: "files", label: "Files", provider: "local", connection: {}, location: "/srv/files" },
}
