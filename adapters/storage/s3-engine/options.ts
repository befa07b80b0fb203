import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import {
  STORAGE_MAX_KEY_BYTES,
  STORAGE_MAX_METADATA_BYTES,
  STORAGE_MIN_PART_BYTES,
} from "../../../contracts/storage/arguments.ts"
import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"
import { decodeUrlPart } from "../../../core/foundation/url.ts"
import { bucketName } from "../../../core/storage/for-adapters.ts"
import { mustBe } from "../../kit/must-be.ts"
import { RESERVED_METADATA_BYTES } from "./headers.ts"
import type { InjectedS3Client } from "./injected.ts"
import { PRESETS, type Preset, presets } from "./presets.ts"

const GIB = 2 ** 30
const MAX_OBJECT_BYTES = 5 * 2 ** 40

const text = z.string().check(z.minLength(1))
const milliseconds = z.int().check(z.minimum(1), z.maximum(600_000))

function listOf<const Names extends readonly string[]>(names: Names) {
  return z.exactOptional(z.array(z.enum(names)))
}

const client = z.custom<InjectedS3Client>().check(
  z.refine((value) => {
    const { config, send } = (value ?? {}) as Partial<InjectedS3Client>
    return typeof send === "function" && typeof config === "object" && config !== null
  }, mustBe("an S3Client of @aws-sdk/client-s3")),
)

export const s3StorageOptionsSchema = z
  .strictObject({
    /** Where `healthCheck` looks, and what routes for downloads use. A URL names it: `s3://bucket`. */
    defaultBucket: z.exactOptional(bucketName),
    /** Default: as the SDK finds it, in AWS_REGION or in a profile; `us-east-1` beside an endpoint. */
    region: z.exactOptional(
      z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i, mustBe("letters, digits and inner hyphens"))),
    ),
    /** URL of a server other than AWS. */
    endpoint: z.exactOptional(
      z.string().check(z.refine(isEndpoint, mustBe("an http: or https: URL without credentials, query and #"))),
    ),
    /** Buckets stand in the path of URLs, not before the host. Default: true for hosts that have no names below them. */
    forcePathStyle: z.exactOptional(z.boolean()),
    /** With `secretAccessKey`. Default: as the SDK finds credentials, in the environment, profiles or the machine. */
    accessKeyId: z.exactOptional(text),
    secretAccessKey: z.exactOptional(text),
    sessionToken: z.exactOptional(text),
    /**
     * An S3Client that the application makes and closes. Its `requestChecksumCalculation` and
     * `responseChecksumValidation` must be WHEN_REQUIRED. Its retries are not used: this adapter has its own.
     */
    client: z.exactOptional(client),
    /** What the server is, and so what it keeps. Default: `aws`, or `custom` beside an endpoint, which promises little. */
    preset: z.exactOptional(z.enum(PRESETS)),
    /** Stands before the name of every bucket on the server, so that several environments share one. Default: nothing. */
    bucketPrefix: z._default(
      z
        .string()
        .check(z.regex(/^(?:[a-z0-9][a-z0-9-]{0,39})?$/, mustBe("at most 40 lower-case letters, digits and hyphens"))),
      "",
    ),
    /** Bytes of a body of unknown size that are held in memory, and of each part it is sent in. Default 8 MiB. */
    partBytes: z._default(z.int().check(z.minimum(STORAGE_MIN_PART_BYTES), z.maximum(GIB)), 8_388_608),
    /** Bound of each call without a body, its retries included; a copy gets a second more for every 10 MB. Milliseconds. Default 10,000. */
    timeoutMs: z._default(milliseconds, 10_000),
    /** How long a body may not move, either way. Milliseconds. Default 30,000. */
    idleTimeoutMs: z._default(milliseconds, 30_000),
    /** A larger body is refused. Bytes. Default 5 TiB. */
    maxObjectBytes: z._default(z.int().check(z.minimum(1)), MAX_OBJECT_BYTES),
    /** What the server keeps, where `preset` does not say it: `objectos probe` finds it out. */
    conditionalCreate: z.exactOptional(z.boolean()),
    conditionalMatch: z.exactOptional(z.boolean()),
    conditionalComplete: z.exactOptional(z.boolean()),
    conditionalCopy: z.exactOptional(z.boolean()),
    exactKeys: z.exactOptional(z.boolean()),
    presignMethods: listOf(["GET", "HEAD", "PUT", "POST", "DELETE"]),
    /** Objects are read with their checksums, and whole reads are checked against them. */
    checksumsRead: listOf(["crc32", "crc32c", "sha256"]),
    checksumsWrite: listOf(["crc32", "crc32c", "sha256", "md5"]),
  })
  .check(z.superRefine(checkTogether))

export type S3StorageOptions = z.input<typeof s3StorageOptionsSchema>
export type ParsedOptions = z.output<typeof s3StorageOptionsSchema>

/** What no single option shows. */
function checkTogether(options: ParsedOptions, context: z.core.$RefinementCtx): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message })
  const { accessKeyId, client, secretAccessKey, sessionToken } = options
  if (accessKeyId === undefined && secretAccessKey !== undefined)
    refuse("accessKeyId", "must be given with secretAccessKey")
  if (accessKeyId !== undefined && secretAccessKey === undefined)
    refuse("secretAccessKey", "must be given with accessKeyId")
  if (accessKeyId === undefined && sessionToken !== undefined) refuse("accessKeyId", "must be given with sessionToken")
  if (client === undefined) return
  for (const name of ["region", "endpoint", "forcePathStyle", "accessKeyId"] as const) {
    if (options[name] !== undefined) refuse(name, "must be left out beside client, which has its own")
  }
}

function isEndpoint(endpoint: string): boolean {
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) return false
  const { hash, password, search, username } = new URL(endpoint)
  return hash === "" && password === "" && search === "" && username === ""
}

/**
 * The options in an `s3:` URL before its query.
 *
 * @throws ServiceError INVALID_CONFIG for a port or a path.
 */
export function s3OptionsFromUrl(url: URL): Record<string, unknown> {
  if (url.port !== "" || !["", "/"].includes(url.pathname)) {
    throw new ServiceError(
      "INVALID_CONFIG",
      "The URL of an s3 storage must be s3://bucket with its options in the query, such as endpoint.",
    )
  }
  return {
    ...(url.hostname !== "" && { defaultBucket: url.hostname }),
    ...(url.username !== "" && { accessKeyId: decodeUrlPart(url.username, "user") }),
    ...(url.password !== "" && { secretAccessKey: decodeUrlPart(url.password, "password") }),
  }
}

export function presetOf(options: ParsedOptions): Preset {
  return presets[options.preset ?? (isTakenForAws(options) ? "aws" : "custom")]
}

/** Nobody says that the server is any other. */
export function isTakenForAws({ client, endpoint, preset }: ParsedOptions): boolean {
  return preset === undefined && endpoint === undefined && client?.config.endpoint === undefined
}

/** Whether buckets stand in the path, where the options do not say it. */
export function isPathStyle(endpoint: string | undefined, preset: Preset): boolean {
  if (endpoint === undefined) return false
  const { hostname } = new URL(endpoint)
  const isIp = hostname.startsWith("[") || /^[\d.]+$/.test(hostname)
  return preset.pathStyle || isIp || !hostname.includes(".") || hostname.endsWith(".localhost")
}

export function capabilitiesOf(options: ParsedOptions): StorageCapabilities {
  const known = presetOf(options).capabilities
  return {
    presign: true,
    verifyPresigned: false,
    multipart: true,
    // A server that does not look at the condition of a get is found out by the ETag that it answers.
    conditionalGet: true,
    conditionalCreate: options.conditionalCreate ?? known.conditionalCreate,
    conditionalMatch: options.conditionalMatch ?? known.conditionalMatch,
    conditionalComplete: options.conditionalComplete ?? known.conditionalComplete,
    conditionalCopy: options.conditionalCopy ?? known.conditionalCopy,
    durable: true,
    shared: true,
    exactKeys: options.exactKeys ?? known.exactKeys,
    presignMethods: options.presignMethods ?? known.presignMethods,
    etag: "content",
    checksumsRead: options.checksumsRead ?? known.checksumsRead,
    checksumsWrite: options.checksumsWrite ?? known.checksumsWrite,
    maxKeyBytes: STORAGE_MAX_KEY_BYTES,
    maxObjectBytes: options.maxObjectBytes,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES - RESERVED_METADATA_BYTES,
    minPartBytes: STORAGE_MIN_PART_BYTES,
  }
}
