import { unknownHere } from "./refusal.ts"
import type { Bucket, Fields, StoredObject } from "./store.ts"

/** An object as the JSON API tells of it. Fields without a value are left out. */
export function objectResource(object: StoredObject, endpoint: string): object {
  const { bucket, crc32c, createdMs, data, fields, generation, md5, metageneration, name, updatedMs } = object
  const path = `b/${bucket}/o/${encodeURIComponent(name)}`
  return {
    kind: "storage#object",
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${endpoint}/storage/v1/${path}`,
    mediaLink: `${endpoint}/download/storage/v1/${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(metageneration),
    ...fields,
    metadata: Object.keys(fields.metadata ?? {}).length === 0 ? undefined : fields.metadata,
    storageClass: "STANDARD",
    size: String(data.length),
    md5Hash: md5,
    crc32c,
    etag: jsonEtag(object),
    timeCreated: new Date(createdMs).toISOString(),
    updated: new Date(updatedMs).toISOString(),
    timeStorageClassUpdated: new Date(createdMs).toISOString(),
  }
}

export function bucketResource({ createdMs, location, name }: Bucket, projectNumber: string, endpoint: string): object {
  return {
    kind: "storage#bucket",
    id: name,
    selfLink: `${endpoint}/storage/v1/b/${name}`,
    name,
    projectNumber,
    metageneration: "1",
    location,
    storageClass: "STANDARD",
    etag: "CAE=",
    timeCreated: new Date(createdMs).toISOString(),
    updated: new Date(createdMs).toISOString(),
  }
}

/** It changes with each change of the data or the fields. */
export function jsonEtag({ generation, metageneration }: StoredObject): string {
  return Buffer.from([0x08, ...varint(generation), 0x10, ...varint(metageneration)]).toString("base64")
}

/** Quoted: the MD5 of the data in hex; of an object without one, no sum of the data. */
export function xmlEtag(object: StoredObject): string {
  const text = object.md5 === undefined ? `-${jsonEtag(object)}` : Buffer.from(object.md5, "base64").toString("hex")
  return `"${text}"`
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = BigInt(value)
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return bytes
}

const SET = ["contentType", "contentEncoding", "contentDisposition", "contentLanguage", "cacheControl", "metadata"]
const NAMED = ["name", "bucket", "crc32c", "md5Hash"]

/** The fields in the body of a JSON request; `null` takes one away. */
export function fieldsOfResource(resource: Readonly<Record<string, unknown>>, before: Fields = {}): Fields {
  const stranger = Object.keys(resource).find((name) => ![...SET, ...NAMED].includes(name))
  if (stranger !== undefined) throw unknownHere(`the field ${stranger} of an object`)
  const text = (name: keyof Fields): string | undefined => {
    if (!(name in resource)) return before[name] as string | undefined
    return typeof resource[name] === "string" ? resource[name] : undefined
  }
  return {
    contentType: text("contentType"),
    contentEncoding: text("contentEncoding"),
    contentDisposition: text("contentDisposition"),
    contentLanguage: text("contentLanguage"),
    cacheControl: text("cacheControl"),
    metadata: metadataOf(resource["metadata"], before.metadata),
  }
}

function metadataOf(given: unknown, before: Fields["metadata"]): Fields["metadata"] {
  if (given === undefined) return before
  if (given === null) return undefined
  const merged = { ...before, ...(given as Record<string, string | null>) }
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null))
}
