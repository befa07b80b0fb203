import type { ObjectIdentifier } from "@aws-sdk/client-s3"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { DeleteReport } from "../../../contracts/storage/object.ts"
import { protocolBroken } from "../../../core/storage/for-adapters.ts"
import { deleteObjects, deleteVersions } from "./deleting.ts"
import { decodeKey, listPage } from "./listing.ts"
import { allPages } from "./pages.ts"
import type { Requests } from "./requests.ts"

/** Deletes all that a bucket lists. */
export async function emptyBucket(requests: Requests, bucket: string): Promise<void> {
  await allPages<never>(async (from) => {
    const { cursor, objects } = await listPage(requests, bucket, from === undefined ? {} : { cursor: from })
    const keys = objects.map(({ key }) => key)
    refuseFailed(await deleteObjects(requests, bucket, keys))
    return { items: [], next: cursor }
  })
}

/** Deletes what a bucket with versions does not list: those of before, and what marks objects as deleted. */
export async function emptyVersions(requests: Requests, bucket: string): Promise<void> {
  await allPages<never>(async (from) => {
    const page = await requests.call(
      ({ s3, send }) =>
        send(
          new s3.ListObjectVersionsCommand({
            Bucket: requests.stored(bucket),
            EncodingType: "url",
            ...(from !== undefined && JSON.parse(from)),
          }),
        ),
      { kind: "read" },
    )
    const {
      DeleteMarkers = [],
      EncodingType,
      IsTruncated,
      NextKeyMarker = "",
      NextVersionIdMarker,
      Versions = [],
    } = page
    if (IsTruncated === undefined) throw protocolBroken()
    const decode = EncodingType === "url" ? decodeKey : (key: string) => key
    const found = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }): ObjectIdentifier => {
      if (Key === undefined || VersionId === undefined) throw protocolBroken()
      return { Key: decode(Key), VersionId }
    })
    refuseFailed(await deleteVersions(requests, bucket, found))
    const markers = { KeyMarker: decode(NextKeyMarker), VersionIdMarker: NextVersionIdMarker }
    return { items: [], next: IsTruncated ? JSON.stringify(markers) : undefined }
  })
}

function refuseFailed({ failed: [first] }: DeleteReport): void {
  if (first !== undefined) throw new ServiceError(first.code as ServiceError["code"], first.message)
}
