import type { IHealthCheckable } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { type StorageClauseId, storageSentences } from "../../contracts/storage/clauses.ts"
import type {
  IStorageMultipart,
  IStoragePresign,
  IStorageService,
  IStorageVerify,
  ListedObject,
  ListOptions,
  StorageCapabilities,
} from "../../contracts/storage/storage.ts"
import type { Checks } from "../engine/checks.ts"
import { type Clause, type ClauseDefinition, type ClauseWorld, clausesFor } from "../engine/clause.ts"

/** A storage as clauses see it: what a clause `needs` is there. */
export type StorageClient = Required<IStorageService> &
  IStoragePresign &
  IStorageVerify &
  IStorageMultipart &
  IHealthCheckable &
  IClosable

export type StorageWorld = ClauseWorld<StorageClient, StorageCapabilities>

/** The bucket that clauses of objects use. */
export const FILES = "files"

/** A clause that makes its buckets itself. */
export const bucketClause = clausesFor<StorageClient, StorageCapabilities, StorageClauseId>(storageSentences)

/** A clause that finds an empty bucket, `FILES`. */
export function clause(
  id: StorageClauseId,
  definition: ClauseDefinition<StorageClient, StorageCapabilities>,
): Clause<StorageClient, StorageCapabilities> {
  return bucketClause(id, {
    ...definition,
    async check(t, storage, world) {
      await storage.createBucket(FILES)
      await definition.check(t, storage, world)
    },
  })
}

/** The whole object, as text. */
export async function textOf(storage: StorageClient, key: string, bucket: string = FILES): Promise<string> {
  const object = await storage.get(bucket, key)
  return object.text()
}

/** The whole object. */
export async function bytesOf(storage: StorageClient, key: string, bucket: string = FILES): Promise<Uint8Array> {
  const object = await storage.get(bucket, key)
  return object.bytes()
}

/** Text in UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

/** Bytes of which none is like its neighbours for long: a piece in another place, or twice, is seen. */
export function patternOf(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let state = seed
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[index] = state >>> 16
  }
  return bytes
}

/** All objects and prefixes, over all pages. */
export async function listAll(
  storage: StorageClient,
  options: ListOptions = {},
  bucket: string = FILES,
): Promise<{ objects: ListedObject[]; prefixes: string[] }> {
  const objects: ListedObject[] = []
  const prefixes: string[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list(bucket, { ...options, cursor })
    objects.push(...page.objects)
    prefixes.push(...page.prefixes)
    cursor = page.cursor
  } while (cursor !== undefined)
  return { objects, prefixes }
}

/** The keys of a bucket, in the order of the list. */
export async function keysOf(storage: StorageClient, bucket: string = FILES): Promise<string[]> {
  const { objects } = await listAll(storage, {}, bucket)
  return objects.map(({ key }) => key)
}

/** The call rejects with the code, and `details.reason` says why. @returns The details. */
export async function refuses(
  t: Checks,
  call: () => unknown,
  [code, reason]: readonly [code: Parameters<Checks["rejects"]>[1], reason: string],
  what: string,
): Promise<Readonly<Record<string, unknown>>> {
  const outcome = await t.outcome(call, what)
  await t.rejects(() => repeated(outcome), code, what)
  const { details = {} } = outcome.error as { details?: Readonly<Record<string, unknown>> }
  t.equal(details["reason"], reason, `${what}: details.reason`)
  return details
}

/** What came of a call, as a promise again. */
async function repeated({ error, value }: { readonly error?: unknown; readonly value?: unknown }): Promise<unknown> {
  if (error !== undefined) throw error
  return value
}
