import * as z from "zod/mini"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { bucketIssue } from "../../contracts/storage/arguments.ts"
import {
  BUCKET_RULE,
  bucketConfigSchema,
  bucketIssues,
  identifierSchema,
  type ParsedBucket,
  providerSchema,
} from "./bucket-config.ts"

const connectionSchema = z.strictObject({
  /** This and the next two are options of `s3`. */
  accessKeyId: z.optional(z.string()),
  secretAccessKey: z.optional(z.string()),
  sessionToken: z.optional(z.string()),
  /** This and the next two are options of an adapter for Azure. */
  accountName: z.optional(z.string()),
  accountKey: z.optional(z.string()),
  sasToken: z.optional(z.string()),
  /** Option of `gcs`. */
  projectId: z.optional(z.string()),
  /** The JSON of a service account, as text: `credentials` of `gcs`. */
  credentials: z.optional(z.string()),
  /** Without a scheme it has that of `useSSL`. */
  endpoint: z.optional(z.string().check(z.minLength(1))),
  region: z.optional(z.string()),
  useSSL: z._default(z.boolean(), true),
  /** Milliseconds: `timeoutMs` of the adapter. */
  timeout: z.optional(z.number().check(z.minimum(0))),
})

/** The object storage document of the requirement document, with its defaults; `options` are those of the adapter. */
export const objectStorageSchema = z.strictObject({
  /** This, `label` and `description` name the storage in the description of the configuration. */
  name: identifierSchema,
  label: z.string(),
  provider: providerSchema,
  scope: z._default(
    z.enum(["global", "tenant", "user", "session", "temp", "cache", "data", "logs", "config", "public"]),
    "global",
  ),
  connection: connectionSchema,
  /** They are there before the first call, and when `ready()` resolves: those that are not are made. */
  buckets: z._default(z.array(bucketConfigSchema), []),
  /** The `name` of a bucket above, or its `bucketName`; without buckets above any bucket. */
  defaultBucket: z.optional(z.string()),
  /** The folder of `local`: `root` of the adapter. */
  location: z.optional(z.string()),
  quota: z.optional(z.int().check(z.minimum(1))),
  enabled: z._default(z.boolean(), true),
  description: z.optional(z.string()),
})
export type ObjectStorageConfig = z.input<typeof objectStorageSchema>
export type ParsedStorage = z.output<typeof objectStorageSchema>

/**
 * What no storage does, whatever its adapter.
 *
 * @param given The document without its defaults.
 * @param path That of the document.
 */
export function storageIssues(document: ParsedStorage, given: ObjectStorageConfig, path: string): ErrorIssue[] {
  const { buckets, enabled, location, provider, quota, scope } = document
  const issues: ErrorIssue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  if (!enabled) refuse("enabled", "must be true; leave the storage out of services to have none")
  if (scope !== "global") {
    refuse("scope", `must be global, since one storage is there for all; name an instance for each scope; got ${scope}`)
  }
  if (quota !== undefined) refuse("quota", "must be left out, since nothing counts the bytes of all objects")
  if (location !== undefined && provider !== "local") {
    refuse("location", `must be left out, since local alone has a folder; got provider ${provider}`)
  }
  issues.push(...connectionIssues(document, given, `${path}.connection`))
  for (const index of buckets.keys()) issues.push(...bucketIssues(index, document, `${path}.buckets.${index}`))
  return [...issues, ...defaultBucketIssues(document, `${path}.defaultBucket`)]
}

function connectionIssues(
  { connection, provider }: ParsedStorage,
  given: ObjectStorageConfig,
  path: string,
): ErrorIssue[] {
  const { credentials, endpoint, useSSL } = connection
  const issues: ErrorIssue[] = []
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  const scheme = endpoint && schemeOf(endpoint)
  if (endpoint === undefined && !useSSL) {
    refuse("useSSL", "must be true, or come with an endpoint, since the provider's own one is https")
  }
  if (scheme === "http" && given.connection.useSSL === true) {
    refuse("useSSL", "must be false, or the endpoint must begin with https:, since it begins with http:")
  }
  if (scheme === "https" && !useSSL) refuse("useSSL", "must be true, since the endpoint begins with https:")
  if (provider === "gcs" && credentials !== undefined && serviceAccountOf(credentials) === undefined) {
    refuse("credentials", "must be the JSON of a service account; the path of a file is options.keyFilename")
  }
  return issues
}

function defaultBucketIssues(document: ParsedStorage, path: string): ErrorIssue[] {
  if (document.defaultBucket === undefined) return []
  const bucket = defaultBucketOf(document)
  if (bucket === undefined) return [{ path, message: "must be the name or the bucketName of one of the buckets" }]
  return bucketIssue(bucket) === undefined ? [] : [{ path, message: BUCKET_RULE }]
}

/** The bucket that the document means, or undefined where it lists buckets, and not this one. */
export function defaultBucketOf({ buckets, defaultBucket }: ParsedStorage): string | undefined {
  const named = (bucket: ParsedBucket) => bucket.name === defaultBucket || bucket.bucketName === defaultBucket
  return buckets.length === 0 ? defaultBucket : buckets.find(named)?.bucketName
}

/** The endpoint with a scheme. */
export function endpointOf({ endpoint, useSSL }: ParsedStorage["connection"]): string | undefined {
  if (endpoint === undefined || schemeOf(endpoint) !== undefined) return endpoint
  return `${useSSL ? "https" : "http"}://${endpoint}`
}

function schemeOf(endpoint: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(endpoint)?.[1]?.toLowerCase()
}

const serviceAccountSchema = z.object({
  client_email: z.string(),
  private_key: z.string(),
  project_id: z.optional(z.string()),
})

/** What `gcs` takes of the JSON of a service account, or undefined where it is none. */
export function serviceAccountOf(json: string) {
  try {
    const { project_id: projectId, ...credentials } = z.parse(serviceAccountSchema, JSON.parse(json))
    return { credentials, projectId }
  } catch {
    return undefined
  }
}
