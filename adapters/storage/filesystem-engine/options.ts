import { realpathSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as z from "zod/mini"
import { NO_LIMIT } from "../../../contracts/foundation/capabilities.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { STORAGE_MAX_KEY_BYTES } from "../../../contracts/storage/arguments.ts"
import { bucketName, signedUrlShape } from "../../../core/storage/for-adapters.ts"
import { mustBe } from "../../kit/must-be.ts"
import { longestKey } from "./key-path.ts"
import { LONGEST_BUCKET_PATH } from "./tree.ts"

/** Bytes of the longest path, without its end. */
const MAX_PATH_BYTES = process.platform === "linux" ? 4095 : 1023
/** A root that leaves less for keys is refused. */
const MIN_KEY_BYTES = 200

const DEFAULT_BASE_URL = signedUrlShape.baseUrl.parse(undefined)

export const filesystemStorageOptionsSchema = z
  .strictObject({
    /** The directory that holds everything. It is made where it is missing. */
    root: z.string().check(
      z.minLength(1),
      z.refine((root) => !root.includes("\0"), mustBe("a path without a NUL character")),
      z.refine((root) => realRoot(root) !== "/", {
        error: "must be the path of a directory of its own, not that of the whole disk, /",
      }),
      z.refine((root) => maxKeyBytesBelow(root) >= MIN_KEY_BYTES, {
        error: ({ input }) => `must leave room for the paths of keys; got ${Buffer.byteLength(String(input))} bytes`,
      }),
    ),
    /**
     * When a write resolves. `rename`: the system has it, so it outlives the process. `fsync`: the disk has it, so it
     * outlives a loss of power too.
     */
    durability: z._default(z.enum(["rename", "fsync"]), "rename"),
    /** A larger body is refused. Default: no limit. */
    maxObjectBytes: z._default(z.int().check(z.minimum(1)), NO_LIMIT),
    /** For how long nobody may read an object that was got, until it is closed. Milliseconds. Default 30,000. */
    idleTimeoutMs: z._default(z.int().check(z.minimum(1), z.maximum(86_400_000)), 30_000),
    /**
     * What other machines left in staging is removed when it is older. Milliseconds. Default 3,600,000, an hour. What a
     * process of this machine left that was killed is removed at once.
     */
    sweepAfterMs: z._default(z.int().check(z.minimum(60_000)), 3_600_000),
    /** The bucket of `file:` URLs that name none. */
    defaultBucket: z.exactOptional(bucketName),
    ...signedUrlShape,
    /** Signs URLs: at least 16 characters, the same in every process. Default: none, and no URL can be signed. */
    secret: z.exactOptional(signedUrlShape.secret),
  })
  .check(z.superRefine(checkTogether))
export type FilesystemStorageOptions = z.input<typeof filesystemStorageOptionsSchema>
export type ParsedOptions = z.output<typeof filesystemStorageOptionsSchema>

/** What no single option shows. */
function checkTogether(options: ParsedOptions, context: z.core.$RefinementCtx): void {
  const { baseUrl, previousSecret, secret } = options
  if (secret !== undefined) return
  const needSecret = { previousSecret: previousSecret !== undefined, baseUrl: baseUrl !== DEFAULT_BASE_URL }
  for (const [name, isGiven] of Object.entries(needSecret)) {
    const message = "must be given with secret, without which no URL is signed"
    if (isGiven) context.addIssue({ code: "custom", path: [name], message })
  }
}

/**
 * The options in a `file:` URL before its query.
 *
 * @throws ServiceError INVALID_CONFIG for a URL that does not name one directory of this machine.
 */
export function filesystemOptionsFromUrl(url: URL, text: string): Record<string, unknown> {
  const must = (holds: boolean, form: string) => {
    if (!holds) throw new ServiceError("INVALID_CONFIG", `The URL of a filesystem storage must ${form}.`)
  }
  // Any other is read as a path from the top of the disk.
  must(/^\s*file:\//i.test(text), "have an absolute path, as file:///srv/files has")
  must(url.host === "", "name a directory of this machine, as file:///srv/files does; mount that of another one")
  must(!/%2f/i.test(url.pathname), "have no %2F in its path; write / between directories")
  must(!url.searchParams.has("root"), "name its directory by its path alone; leave root out of the query")
  return { root: fileURLToPath(new URL(url.pathname, url)) }
}

/** The path of a root from the top of the disk, without links as far as it is there. */
export function realRoot(root: string): string {
  const path = resolve(root)
  try {
    return realpathSync.native(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realRoot(parent), basename(path))
  }
}

/** The longest key whose path the system takes. */
export function maxKeyBytesBelow(root: string): number {
  const left = MAX_PATH_BYTES - Buffer.byteLength(realRoot(root)) - LONGEST_BUCKET_PATH
  return Math.min(STORAGE_MAX_KEY_BYTES, longestKey(left))
}
