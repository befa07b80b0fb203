import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { ListedObject, ListPage } from "../../../contracts/storage/object.ts"
import type { ListOptions } from "../../../contracts/storage/options.ts"
import { cursorOf, cursorRefused, placeOf, protocolBroken } from "../../../core/storage/for-adapters.ts"
import { toldEtag, toldNumber } from "./headers.ts"
import type { Requests } from "./requests.ts"

/** What the server goes on by, and the last key or prefix that was listed. */
interface Place {
  readonly token: string
  readonly last: string
}

/** A page of a bucket. Servers list by the bytes of UTF-8, which is the order of code points. */
export async function listPage(requests: Requests, bucket: string, options: ListOptions): Promise<ListPage> {
  const { cursor, delimiter, limit = 1000, prefix } = options
  const place = cursor === undefined ? undefined : readPlace(placeOf(cursor, options))
  const output = await requests.call(
    ({ s3, send }) =>
      send(
        new s3.ListObjectsV2Command({
          Bucket: requests.stored(bucket),
          EncodingType: "url",
          MaxKeys: limit,
          ...(prefix !== undefined && prefix !== "" && { Prefix: prefix }),
          ...(delimiter !== undefined && { Delimiter: delimiter }),
          ...(place !== undefined && { ContinuationToken: place.token }),
        }),
      ),
    { kind: "read" },
  )
  const { IsTruncated, NextContinuationToken: token } = output
  if (IsTruncated === undefined) throw protocolBroken()
  const { objects, prefixes } = shown(bucket, output, place?.last)
  if (!IsTruncated) return { objects, prefixes }
  // A server that goes round in circles would be listed for ever.
  if (token === undefined || token === place?.token) throw protocolBroken()
  const last =
    [objects.at(-1)?.key ?? "", prefixes.at(-1) ?? "", place?.last ?? ""].sort(compareCodePoints).at(-1) ?? ""
  return { objects, prefixes, cursor: cursorOf(options, JSON.stringify([token, last])) }
}

function readPlace(text: string): Place {
  try {
    const [token, last] = JSON.parse(text) as unknown[]
    if (typeof token === "string" && typeof last === "string") return { token, last }
  } catch {}
  throw cursorRefused()
}

function shown(bucket: string, output: ListObjectsV2CommandOutput, last = ""): ListPage {
  const decode = output.EncodingType === "url" ? decodeKey : (key: string) => key
  const objects = (output.Contents ?? []).map(({ ETag, Key, LastModified, Size }): ListedObject => {
    if (Key === undefined || LastModified === undefined) throw protocolBroken()
    return { bucket, key: decode(Key), size: toldNumber(Size), etag: toldEtag(ETag), lastModified: LastModified }
  })
  const prefixes = (output.CommonPrefixes ?? [])
    .map(({ Prefix }) => decode(Prefix ?? ""))
    .filter((each) => each !== last)
  const keys = objects.map(({ key }) => key)
  if (!ascends(keys, last) || !ascends(prefixes, last)) throw protocolBroken()
  return { objects, prefixes }
}

/** Some servers write a blank as a plus. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "))
  } catch (error) {
    throw protocolBroken(error)
  }
}

function ascends(texts: readonly string[], last: string): boolean {
  return texts.every((text, index) => compareCodePoints(index === 0 ? last : (texts[index - 1] as string), text) < 0)
}
