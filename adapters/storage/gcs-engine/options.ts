import * as z from "zod/mini"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import {
  STORAGE_MAX_KEY_BYTES,
  STORAGE_MAX_METADATA_BYTES,
  STORAGE_MIN_PART_BYTES,
  STORAGE_PRESIGN_METHODS,
} from "../../../contracts/storage/arguments.ts"
import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"
import { bucketName } from "../../../core/storage/for-adapters.ts"
import { mustBe } from "../../kit/must-be.ts"
import { type GcsClient, isGcsClient } from "./client.ts"

const MAX_OBJECT_BYTES = 5 * 2 ** 40

/** What GCS keeps of an upload that goes on is a multiple of this. */
const PART_UNIT = 262_144

const text = z.string().check(z.minLength(1))
const milliseconds = z.int().check(z.minimum(1), z.maximum(600_000))

export const gcsStorageOptionsSchema = z
  .strictObject({
    /** Where `healthCheck` looks, and what routes for downloads use. A URL names it: `gs://bucket`. */
    defaultBucket: z.exactOptional(bucketName),
    /** The project whose buckets are made and listed. Default: that of the credentials. */
    projectId: z.exactOptional(text),
    /** URL of a server other than Google's. Requests to an `http:` one, an emulator, carry no token. */
    endpoint: z.exactOptional(z.string().check(z.refine(isEndpoint, mustBe("an http: or https: URL of a host alone")))),
    /** Path of the key of a service account. Default: as the library finds credentials, in the environment or the machine. */
    keyFilename: z.exactOptional(text),
    /** The key of a service account itself. */
    credentials: z.exactOptional(z.strictObject({ client_email: text, private_key: text })),
    /** A Storage of @google-cloud/storage that the application makes. Its retries and interceptors are not used. */
    client: z.exactOptional(
      z.custom<GcsClient>().check(z.refine(isGcsClient, mustBe("a Storage of @google-cloud/storage"))),
    ),
    /** Stands before the name of every bucket on the server, so that several environments share one. Default: nothing. */
    bucketPrefix: z._default(
      z
        .string()
        .check(z.regex(/^(?:[a-z0-9][a-z0-9-]{0,39})?$/, mustBe("at most 40 lower-case letters, digits and hyphens"))),
      "",
    ),
    /**
     * A body up to this size is sent in one request, and any other in parts of it; so many bytes of a stream are held in
     * memory. A multiple of 256 KiB. Default 8 MiB.
     */
    partBytes: z._default(z.int().check(z.minimum(PART_UNIT), z.maximum(2 ** 30), z.multipleOf(PART_UNIT)), 8_388_608),
    /** Bound of each request without a body, its retries included. Milliseconds. Default 10,000. */
    timeoutMs: z._default(milliseconds, 10_000),
    /** How long a body may not move, either way, and its answer may take. Milliseconds. Default 30,000. */
    idleTimeoutMs: z._default(milliseconds, 30_000),
    /** A larger body is refused. Bytes. Default 5 TiB. */
    maxObjectBytes: z._default(z.int().check(z.minimum(1)), MAX_OBJECT_BYTES),
    /** What an emulator keeps. Default: true, but false for a server over `http:`, of which nobody knows it. */
    conditionalCreate: z.exactOptional(z.boolean()),
    conditionalMatch: z.exactOptional(z.boolean()),
    conditionalCopy: z.exactOptional(z.boolean()),
    /** Whether URLs are signed: it needs the key of a service account, or Google's IAM. Default true. */
    presign: z._default(z.boolean(), true),
    /** Whether the server has the XML API, for uploads in parts. Default true. */
    multipart: z._default(z.boolean(), true),
  })
  .check(z.superRefine(checkTogether))

export type GcsStorageOptions = z.input<typeof gcsStorageOptionsSchema>
export type ParsedOptions = z.output<typeof gcsStorageOptionsSchema>

/** What no single option shows. */
function checkTogether(options: ParsedOptions, context: z.core.$RefinementCtx): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message })
  const { client, credentials, keyFilename } = options
  if (credentials !== undefined && keyFilename !== undefined)
    refuse("keyFilename", "must be left out beside credentials")
  if (client === undefined) return
  for (const name of ["endpoint", "keyFilename", "credentials"] as const) {
    if (options[name] !== undefined) refuse(name, "must be left out beside client, which has its own")
  }
}

function isEndpoint(endpoint: string): boolean {
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) return false
  const { origin } = new URL(endpoint)
  return endpoint === origin || endpoint === `${origin}/`
}

/**
 * The options in a `gs:` URL before its query.
 *
 * @throws ServiceError INVALID_CONFIG for a user, a port or a path.
 */
export function gcsOptionsFromUrl(url: URL): Record<string, unknown> {
  if (url.username !== "" || url.password !== "" || url.port !== "" || !["", "/"].includes(url.pathname)) {
    throw new ServiceError(
      "INVALID_CONFIG",
      "The URL of a gcs storage must be gs://bucket with its options in the query, such as projectId.",
    )
  }
  return url.hostname === "" ? {} : { defaultBucket: url.hostname }
}

export function capabilitiesOf(options: ParsedOptions): StorageCapabilities {
  const isKnown = !isEmulator(options)
  const { conditionalCopy = isKnown, conditionalCreate = isKnown, conditionalMatch = isKnown } = options
  return {
    presign: options.presign,
    verifyPresigned: false,
    multipart: options.multipart,
    conditionalGet: true,
    conditionalCreate,
    conditionalMatch,
    conditionalComplete: false,
    conditionalCopy,
    durable: true,
    shared: true,
    exactKeys: true,
    presignMethods: options.presign ? STORAGE_PRESIGN_METHODS : [],
    etag: "version",
    checksumsRead: ["crc32c", "md5"],
    checksumsWrite: ["crc32", "crc32c", "md5", "sha256"],
    maxKeyBytes: STORAGE_MAX_KEY_BYTES,
    maxObjectBytes: options.maxObjectBytes,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
    minPartBytes: STORAGE_MIN_PART_BYTES,
  }
}

/** Google's servers are reached over https alone. The library reads the variable where no endpoint is given. */
function isEmulator({ client, endpoint }: ParsedOptions): boolean {
  const address = client?.apiEndpoint ?? endpoint ?? process.env["STORAGE_EMULATOR_HOST"]
  return address?.startsWith("http:") ?? false
}
