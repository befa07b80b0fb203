import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { protocolBroken } from "../../../core/storage/for-adapters.ts"
import { serviceError } from "./errors.ts"
import type { Failure } from "./failures.ts"
import type { Requests } from "./requests.ts"

/**
 * Lists one object of a bucket: it proves the line, the credentials, the bucket and the right that HeadBucket asks for
 * as well, and unlike that says why it is refused, and is answered so by no web server.
 */
export async function proveBucket(requests: Requests, bucket: string, signal: AbortSignal | undefined): Promise<void> {
  await requests.call<void>(
    async ({ s3, send }) => {
      const command = new s3.ListObjectsV2Command({ Bucket: requests.stored(bucket), MaxKeys: 1 })
      const { IsTruncated } = await send(command)
      if (IsTruncated === undefined) throw protocolBroken()
    },
    {
      kind: "read",
      signal,
      recover(failure) {
        if (isForbidden(failure)) throw listForbidden(failure)
        throw serviceError(failure, "read")
      },
    },
  )
}

/**
 * Asks for one bucket of all. A server that forbids it has answered, and knows the credentials, which need no such right
 * to put and get objects.
 *
 * @returns Whether it is allowed.
 */
export function proveServer(requests: Requests, signal?: AbortSignal): Promise<boolean> {
  return requests.call<boolean>(
    async ({ s3, send }) => {
      const { Buckets } = await send(new s3.ListBucketsCommand({ MaxBuckets: 1 }))
      if (Buckets === undefined) throw protocolBroken()
      return true
    },
    {
      kind: "read",
      signal,
      recover(failure) {
        if (isForbidden(failure)) return false
        throw serviceError(failure, "read")
      },
    },
  )
}

/** Unknown and wrong credentials have codes of their own. */
function isForbidden({ code, status }: Failure): boolean {
  return status === 403 && code === "AccessDenied"
}

function listForbidden({ cause }: Failure): ServiceError {
  const message = "The storage server does not let these credentials list the default bucket; allow s3:ListBucket."
  return new ServiceError("PERMISSION_DENIED", message, { cause })
}
