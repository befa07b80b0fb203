import type { PartInfo } from "../../../contracts/storage/optional-interfaces.ts"
import { protocolBroken } from "../../../core/storage/for-adapters.ts"
import { toldEtag, toldNumber } from "./headers.ts"
import { decodeKey } from "./listing.ts"
import { allPages } from "./pages.ts"
import type { Requests } from "./requests.ts"
import { refuseUpload, type UploadId, uploadInput } from "./upload-id.ts"

/** What was sent of an upload, in the order of numbers. */
export async function listParts(requests: Requests, upload: UploadId): Promise<PartInfo[]> {
  const parts = await allPages<PartInfo>(async (from) => {
    const page = await requests.call(
      ({ s3, send }) => send(new s3.ListPartsCommand({ ...uploadInput(requests, upload), PartNumberMarker: from })),
      { kind: "read", recover: refuseUpload },
    )
    const { IsTruncated, NextPartNumberMarker, Parts = [] } = page
    if (IsTruncated === undefined || (IsTruncated && NextPartNumberMarker === undefined)) throw protocolBroken()
    const items = Parts.map(({ ETag, PartNumber, Size }) => {
      return { number: toldNumber(PartNumber), size: toldNumber(Size), etag: toldEtag(ETag) }
    })
    return { items, next: IsTruncated ? NextPartNumberMarker : undefined }
  })
  return parts.sort((a, b) => a.number - b.number)
}

/** An upload that is under way, whoever began it. */
export interface OpenUpload extends UploadId {
  readonly startedAt: Date
}

export function listUploads(requests: Requests, bucket: string): Promise<OpenUpload[]> {
  return allPages<OpenUpload>(async (from) => {
    const page = await requests.call(
      ({ s3, send }) =>
        send(
          new s3.ListMultipartUploadsCommand({
            Bucket: requests.stored(bucket),
            EncodingType: "url",
            ...(from !== undefined && JSON.parse(from)),
          }),
        ),
      { kind: "read" },
    )
    const { EncodingType, IsTruncated, NextKeyMarker = "", NextUploadIdMarker, Uploads = [] } = page
    if (IsTruncated === undefined) throw protocolBroken()
    const decode = EncodingType === "url" ? decodeKey : (key: string) => key
    const items = Uploads.map(({ Initiated, Key, UploadId }) => {
      if (Initiated === undefined || Key === undefined || UploadId === undefined) throw protocolBroken()
      return { bucket, key: decode(Key), id: UploadId, startedAt: Initiated }
    })
    const markers = { KeyMarker: decode(NextKeyMarker), UploadIdMarker: NextUploadIdMarker }
    return { items, next: IsTruncated ? JSON.stringify(markers) : undefined }
  })
}
