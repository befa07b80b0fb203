/** What clauses compare of an object. */
import type { ObjectInfo, StoredObject } from "../../contracts/storage/storage.ts"
import { FILES, type StorageClient } from "./clause.ts"
import { joined } from "./storing.ts"

export interface Standing extends ObjectInfo {
  readonly bytes: Uint8Array
}

/** All that is told of an object, and its bytes; undefined where none stands. */
export async function standing(
  storage: StorageClient,
  key: string,
  bucket: string = FILES,
): Promise<Standing | undefined> {
  const info = await storage.head(bucket, key)
  if (info === undefined) return undefined
  const object = await storage.get(bucket, key)
  return { ...info, bytes: await object.bytes() }
}

/** What was given for an object beside its bytes. */
export type Fields = Pick<ObjectInfo, "contentType" | "metadata"> &
  Partial<Pick<ObjectInfo, "contentEncoding" | "contentDisposition" | "contentLanguage" | "cacheControl">>

export function fieldsOf(info: Fields | undefined): Fields | undefined {
  if (info === undefined) return undefined
  const { cacheControl, contentDisposition, contentEncoding, contentLanguage, contentType, metadata } = info
  return {
    contentType,
    metadata,
    ...(cacheControl !== undefined && { cacheControl }),
    ...(contentDisposition !== undefined && { contentDisposition }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(contentLanguage !== undefined && { contentLanguage }),
  }
}

/** Every header, and metadata that no header can carry as they are. */
export const FIELDS: Fields = {
  contentType: "text/x-fields; charset=utf-8",
  contentEncoding: "br",
  contentDisposition: 'attachment; filename="fields.txt"',
  contentLanguage: "de-CH",
  cacheControl: "private, max-age=60",
  metadata: {
    plain: "plain",
    blanks: "  at its ends  ",
    other: "Grüße, 世界 😀",
    encoded: "=?UTF-8?B?4pyT?=",
    empty: "",
  },
}

/** The ways to read an object that is cut or damaged: each gives all of it, or rejects. */
export const readingWhole: readonly [way: string, read: (object: StoredObject) => Promise<Uint8Array>][] = [
  ["bytes", (object) => object.bytes()],
  ["text", async (object) => new TextEncoder().encode(await object.text())],
  ["stream", (object) => joined(object)],
]
