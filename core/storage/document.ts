import { err, ok } from "neverthrow"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import type { Storage } from "../../contracts/storage/storage.ts"
import {
  type DescribedValue,
  type DocumentOption,
  type DocumentPlan,
  INSTANCE_KEYS,
  type InstanceConfig,
  type PlannedAdapter,
  type ServiceDocument,
} from "../foundation/document.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, optionNames, schemaIssues } from "../foundation/schema.ts"
import { PART_SIZE } from "./bucket-config.ts"
import {
  defaultBucketOf,
  endpointOf,
  type ObjectStorageConfig,
  objectStorageSchema,
  type ParsedStorage,
  serviceAccountOf,
  storageIssues,
} from "./storage-config.ts"

/** Configuration of a storage: with the keys of the object storage document, it says where the storage is. */
export type StorageInstanceConfig = InstanceConfig & ObjectStorageConfig

const KEYS = optionNames(objectStorageSchema)

/** Translates an object storage document; what no storage honours is refused, each with its path. */
export const storageDocument: ServiceDocument = {
  keys: KEYS,
  read(raw, path) {
    const parsed = parseSchema(objectStorageSchema, raw)
    if (parsed.issues === undefined) return ok(translate(parsed.data, raw as unknown as ObjectStorageConfig, path))
    const issues = schemaIssues(objectStorageSchema, parsed.issues, [...INSTANCE_KEYS, ...KEYS])
    return err(issues.map((issue) => issueAt(path, issue)))
  },
}

/** Products that speak the protocol of S3, each with an endpoint of its own, and the presets of its adapter for them. */
const PRESETS: Readonly<Record<string, string>> = {
  minio: "minio",
  r2: "r2",
  spaces: "custom",
  wasabi: "wasabi",
  backblaze: "b2",
}

function translate(document: ParsedStorage, given: ObjectStorageConfig, path: string): DocumentPlan {
  const { provider } = document
  const layers = {
    buckets: document.buckets.map(({ bucketName }) => bucketName),
    defaultBucket: defaultBucketOf(document),
  }
  return {
    adapter: { name: adapterOf(provider), path: `${path}.provider` },
    issues: storageIssues(document, given, path),
    options: optionsOf(document, path),
    parts: [],
    described: describe(document, path),
    check: (chosen) => endpointIssues(chosen, provider, path),
    async compose(instance) {
      const { composeStorage } = await import("./compose-document.ts")
      return composeStorage(instance as Storage, layers)
    },
  }
}

/** A provider that nobody here knows is the name of an adapter that a package may bring. */
function adapterOf(provider: string): string {
  if (Object.hasOwn(PRESETS, provider)) return "s3"
  return provider === "local" ? "filesystem" : provider
}

function optionsOf(document: ParsedStorage, path: string): DocumentOption[] {
  const { buckets, connection, location, provider } = document
  const { credentials, endpoint, timeout, useSSL, ...named } = connection
  const isGcs = provider === "gcs"
  const account = isGcs && credentials !== undefined ? serviceAccountOf(credentials) : undefined
  const [bucket] = buckets
  const partSize = bucket?.multipartConfig?.partSize
  const said: [key: string, value: unknown, source: string, more?: Partial<DocumentOption>][] = [
    ["preset", PRESETS[provider], "provider", { given: false }],
    ["projectId", account?.projectId, "connection.credentials", { given: false }],
    ...Object.entries(named).map(([key, value]): [string, unknown, string] => [key, value, `connection.${key}`]),
    ["endpoint", endpointOf(connection), "connection.endpoint"],
    ["credentials", isGcs ? account?.credentials : credentials, "connection.credentials"],
    ["timeoutMs", timeout, "connection.timeout"],
    ["defaultBucket", defaultBucketOf(document), "defaultBucket", { optional: true }],
    ["root", provider === "local" ? location : undefined, "location"],
    ["forcePathStyle", bucket?.pathStyle || undefined, "buckets.0.pathStyle"],
    ["partBytes", partSize === PART_SIZE ? undefined : partSize, "buckets.0.multipartConfig.partSize"],
  ]
  return said
    .filter(([, value]) => value !== undefined)
    .map(([key, value, source, more]) => ({ key, value, source: `${path}.${source}`, given: true, ...more }))
}

/** Without an endpoint, requests would go to AWS with the keys of another product. */
function endpointIssues({ options }: PlannedAdapter, provider: string, path: string): ErrorIssue[] {
  const { client, endpoint } = options as { client?: unknown; endpoint?: unknown }
  if (!Object.hasOwn(PRESETS, provider) || client !== undefined || endpoint !== undefined) return []
  return [{ path: `${path}.connection.endpoint`, message: `must be given, since ${provider} is not at AWS` }]
}

function describe(document: ParsedStorage, path: string): DescribedValue[] {
  const { description, label, name } = document
  const values = { name, label, description, buckets: document.buckets.map(({ bucketName }) => bucketName) }
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value, source: `${path}.${key}` }))
}
