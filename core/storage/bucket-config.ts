import * as z from "zod/mini"
import type { ErrorIssue } from "../../contracts/foundation/errors.ts"
import { bucketIssue } from "../../contracts/storage/arguments.ts"

export const BUCKET_RULE = "must have 3 to 63 lower-case letters, digits and, between them, hyphens and single dots"
export const providerSchema = z.enum([
  "s3",
  "azure_blob",
  "gcs",
  "minio",
  "r2",
  "spaces",
  "wasabi",
  "backblaze",
  "local",
])

export const identifierSchema = z.string().check(
  z.refine((name) => /^[a-z][a-z0-9_.]+$/.test(name), {
    error: "must have 2 or more lower-case letters, digits, underscores and dots, and begin with a letter",
  }),
)

const days = () => z.optional(z.number().check(z.minimum(0)))

const accessControlSchema = z.strictObject({
  acl: z._default(
    z.enum([
      "private",
      "public_read",
      "public_read_write",
      "authenticated_read",
      "bucket_owner_read",
      "bucket_owner_full_control",
    ]),
    "private",
  ),
  allowedOrigins: z.optional(z.array(z.string())),
  allowedMethods: z.optional(z.array(z.enum(["GET", "PUT", "POST", "DELETE", "HEAD"]))),
  allowedHeaders: z.optional(z.array(z.string())),
  exposeHeaders: z.optional(z.array(z.string())),
  /** Seconds. */
  maxAge: z.optional(z.number().check(z.minimum(0))),
  corsEnabled: z._default(z.boolean(), false),
  publicAccess: z.optional(
    z.strictObject({
      allowPublicRead: z._default(z.boolean(), false),
      allowPublicWrite: z._default(z.boolean(), false),
      allowPublicList: z._default(z.boolean(), false),
    }),
  ),
  allowedIps: z.optional(z.array(z.string())),
  blockedIps: z.optional(z.array(z.string())),
})

const lifecycleRuleSchema = z
  .strictObject({
    id: identifierSchema,
    enabled: z._default(z.boolean(), true),
    action: z.enum(["transition", "delete", "abort"]),
    prefix: z.optional(z.string()),
    tags: z.optional(z.record(z.string(), z.string())),
    daysAfterCreation: days(),
    daysAfterModification: days(),
    targetStorageClass: z.optional(z.enum(["standard", "intelligent", "infrequent_access", "glacier", "deep_archive"])),
  })
  .check(
    z.refine(({ action, targetStorageClass }) => action !== "transition" || targetStorageClass !== undefined, {
      path: ["targetStorageClass"],
      error: "must be given, as the action is transition",
    }),
  )

export const PART_SIZE = 10_485_760

const multipartSchema = z.strictObject({
  enabled: z._default(z.boolean(), true),
  /** Bytes. Another value than the default is `partBytes` of the adapter. */
  partSize: z._default(z.number().check(z.minimum(5_242_880), z.maximum(5_368_709_120)), PART_SIZE),
  maxParts: z._default(z.number().check(z.minimum(1), z.maximum(10_000)), 10_000),
  /** Bytes. */
  threshold: z._default(z.number().check(z.minimum(0)), 104_857_600),
  maxConcurrent: z._default(z.number().check(z.minimum(1), z.maximum(100)), 4),
  abortIncompleteAfterDays: z.optional(z.number().check(z.minimum(1))),
})

/** A bucket of the requirement document, with its defaults. */
export const bucketConfigSchema = z.strictObject({
  /** This, `label` and `description` name the bucket in the document. */
  name: identifierSchema,
  label: z.string(),
  /** The bucket itself. */
  bucketName: z.string().check(z.refine((name) => bucketIssue(name) === undefined, { error: BUCKET_RULE })),
  /** As the connection says it, or left out. */
  region: z.optional(z.string()),
  provider: providerSchema,
  /** As the connection says it, or left out. */
  endpoint: z.optional(z.string()),
  /** `forcePathStyle` of the adapter. */
  pathStyle: z._default(z.boolean(), false),
  versioning: z._default(z.boolean(), false),
  encryption: z.optional(
    z.strictObject({
      enabled: z._default(z.boolean(), false),
      algorithm: z._default(z.enum(["AES256", "aws:kms", "azure:kms", "gcp:kms"]), "AES256"),
      kmsKeyId: z.optional(z.string()),
    }),
  ),
  accessControl: z.optional(accessControlSchema),
  lifecyclePolicy: z.optional(
    z.strictObject({
      enabled: z._default(z.boolean(), false),
      rules: z._default(z.array(lifecycleRuleSchema), []),
    }),
  ),
  multipartConfig: z.optional(multipartSchema),
  tags: z.optional(z.record(z.string(), z.string())),
  description: z.optional(z.string()),
  enabled: z._default(z.boolean(), true),
})
export type BucketConfig = z.input<typeof bucketConfigSchema>
export type ParsedBucket = z.output<typeof bucketConfigSchema>

/** What the buckets of one storage share. */
export interface BucketSurroundings {
  readonly provider: string
  readonly connection: { readonly region?: string | undefined; readonly endpoint?: string | undefined }
  readonly buckets: readonly ParsedBucket[]
}

/** What a storage has once. */
const ONCE: Readonly<Record<string, (bucket: ParsedBucket) => unknown>> = {
  pathStyle: ({ pathStyle }) => pathStyle,
  "multipartConfig.partSize": ({ multipartConfig }) => multipartConfig?.partSize ?? PART_SIZE,
}

const AT_THE_SERVER = "since no adapter sets it; set it at the server"

/** What is wrong with the bucket at a place. `path` is that of the bucket. */
export function bucketIssues(index: number, storage: BucketSurroundings, path: string): ErrorIssue[] {
  const issues: ErrorIssue[] = []
  const bucket = storage.buckets[index]
  if (bucket === undefined) return issues
  const refuse = (key: string, message: string) => issues.push({ path: `${path}.${key}`, message })
  const { connection, provider } = storage
  for (const key of ["name", "bucketName"] as const) {
    const first = storage.buckets.findIndex((other) => other[key] === bucket[key])
    if (first < index) refuse(key, "must be a name of its own; an earlier bucket has the same")
  }
  if (bucket.provider !== provider) {
    refuse("provider", `must be ${provider}, as that of the storage; got ${bucket.provider}`)
  }
  for (const key of ["region", "endpoint"] as const) {
    if (bucket[key] !== undefined && bucket[key] !== connection[key]) {
      refuse(key, `must be left out, or the same as connection.${key}, since a storage has one`)
    }
  }
  for (const [key, read] of Object.entries(ONCE)) {
    if (read(bucket) !== read(storage.buckets[0] ?? bucket)) {
      refuse(key, "must be the same in all buckets, since a storage has one")
    }
  }
  if (!bucket.enabled) refuse("enabled", "must be true; leave a bucket that is not used out of the list")
  refuseWhatServersDo(bucket, refuse)
  refuseParts(bucket.multipartConfig, refuse)
  return issues
}

type Refuse = (key: string, message: string) => void

function refuseWhatServersDo(
  { accessControl, encryption, lifecyclePolicy, tags, versioning }: ParsedBucket,
  refuse: Refuse,
) {
  if (versioning) refuse("versioning", `must be false, ${AT_THE_SERVER}`)
  if (encryption?.enabled) refuse("encryption.enabled", `must be false, ${AT_THE_SERVER}`)
  if (lifecyclePolicy?.enabled) refuse("lifecyclePolicy.enabled", `must be false, ${AT_THE_SERVER}`)
  if (tags !== undefined && Object.keys(tags).length > 0) refuse("tags", `must be left out, ${AT_THE_SERVER}`)
  const { acl = "private", corsEnabled, publicAccess = {}, ...lists } = accessControl ?? {}
  if (acl !== "private") refuse("accessControl.acl", `must be private, ${AT_THE_SERVER}; got ${acl}`)
  if (corsEnabled) refuse("accessControl.corsEnabled", `must be false, ${AT_THE_SERVER}`)
  for (const [key, allowed] of Object.entries(publicAccess)) {
    if (allowed) refuse(`accessControl.publicAccess.${key}`, `must be false, ${AT_THE_SERVER}`)
  }
  for (const [key, value] of Object.entries(lists)) {
    if (value !== undefined) refuse(`accessControl.${key}`, `must be left out, ${AT_THE_SERVER}`)
  }
}

const PARTS = { enabled: true, maxParts: 10_000, threshold: 104_857_600, maxConcurrent: 4 }

/** When and how a body is sent in parts is the adapter's affair; `createUpload` leaves it to the program. */
function refuseParts(config: ParsedBucket["multipartConfig"], refuse: Refuse) {
  if (config === undefined) return
  for (const [key, value] of Object.entries(PARTS)) {
    if (config[key as keyof typeof PARTS] !== value) {
      const own = "since the adapter chooses its parts; createUpload takes parts of any size"
      refuse(`multipartConfig.${key}`, `must be left out, ${own}`)
    }
  }
  if (config.abortIncompleteAfterDays !== undefined) {
    const sweep = "since nothing runs by itself; call sweepUploads, or set it at the server"
    refuse("multipartConfig.abortIncompleteAfterDays", `must be left out, ${sweep}`)
  }
}
