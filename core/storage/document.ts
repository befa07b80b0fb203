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

/** Products that speak the protocol of S3: presets of its adapter, each with an endpoint of its own. */
const PRESETS = ["minio", "r2", "spaces", "wasabi", "backblaze"]

/** The adapters of the others; one without an adapter here is the name of one that a package may bring. */
const ADAPTERS: Readonly<Record<string, string>> = { local: "filesystem" }

function translate(document: ParsedStorage, given: ObjectStorageConfig, path: string): DocumentPlan {
  const { provider } = document
  const preset = PRESETS.includes(provider)
  const layers = {
    buckets: document.buckets.map(({ bucketName }) => bucketName),
    defaultBucket: defaultBucketOf(document),
  }
  return {
    adapter: { name: preset ? "s3" : (ADAPTERS[provider] ?? provider), path: `${path}.provider` },
    issues: storageIssues(document, given, path),
    options: optionsOf(document, path, preset),
    parts: [],
    described: describe(document, path),
    check: (chosen) => (preset ? endpointIssues(chosen, provider, path) : []),
    async compose(instance) {
      const { composeStorage } = await import("./compose-document.ts")
      return composeStorage(instance as Storage, layers)
    },
  }
}

function optionsOf(
  { buckets, connection, location, provider }: ParsedStorage,
  path: string,
  preset: boolean,
): DocumentOption[] {
  const { credentials, endpoint, timeout, useSSL, ...named } = connection
  const styled = buckets.findIndex(({ pathStyle }) => pathStyle)
  const account = credentials !== undefined && provider === "gcs" ? serviceAccountOf(credentials) : credentials
  const options: [key: string, value: unknown, source: string][] = [
    ["preset", preset ? provider : undefined, "provider"],
    ...Object.entries(named).map(([key, value]): [string, unknown, string] => [key, value, `connection.${key}`]),
    ["endpoint", endpointOf(connection), "connection.endpoint"],
    ["credentials", account, "connection.credentials"],
    ["timeoutMs", timeout, "connection.timeout"],
    ["forcePathStyle", styled < 0 ? undefined : true, `buckets.${styled}.pathStyle`],
    ["root", provider === "local" ? location : undefined, "location"],
  ]
  return options
    .filter(([, value]) => value !== undefined)
    .map(([key, value, source]) => ({ key, value, source: `${path}.${source}`, given: true }))
}

/** Without an endpoint, requests would go to AWS with the keys of another product. */
function endpointIssues({ options }: PlannedAdapter, provider: string, path: string): ErrorIssue[] {
  if ((options as { endpoint?: unknown }).endpoint !== undefined) return []
  return [{ path: `${path}.connection.endpoint`, message: `must be given, since ${provider} is not at AWS` }]
}

function describe(document: ParsedStorage, path: string): DescribedValue[] {
  const { description, label, name } = document
  const buckets = document.buckets.map(({ bucketName }) => bucketName)
  const values = { name, label, description, buckets, defaultBucket: defaultBucketOf(document) }
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value, source: `${path}.${key}` }))
}
