import { createHash } from "node:crypto"
import type { _Error, ObjectIdentifier } from "@aws-sdk/client-s3"
import type { DeleteFailure, DeleteReport } from "../../../contracts/storage/object.ts"
import { deleteEach, protocolBroken } from "../../../core/storage/for-adapters.ts"
import { serviceError } from "./errors.ts"
import { Failure, statusOf } from "./failures.ts"
import type { Requests } from "./requests.ts"

const MAX_KEYS = 1000

export async function deleteObject(requests: Requests, bucket: string, key: string, VersionId?: string): Promise<void> {
  await requests.call<unknown>(
    ({ s3, send }) => send(new s3.DeleteObjectCommand({ Bucket: requests.stored(bucket), Key: key, VersionId })),
    {
      kind: "write",
      recover(failure) {
        if (failure.code === "NoSuchKey") return
        throw serviceError(failure, "write")
      },
    },
  )
}

/** At most a thousand. */
export async function deleteVersions(
  requests: Requests,
  bucket: string,
  versions: readonly ObjectIdentifier[],
): Promise<DeleteReport> {
  const report = versions.length === 0 ? undefined : await deletePage(requests, bucket, versions)
  if (report !== undefined) return report
  for (const { Key, VersionId } of versions) await deleteObject(requests, bucket, Key as string, VersionId)
  return { deleted: versions.length, failed: [] }
}

/** By a thousand keys a request; one by one where the server takes no such request, or not these keys. */
export async function deleteObjects(
  requests: Requests,
  bucket: string,
  keys: readonly string[],
): Promise<DeleteReport> {
  const report: DeleteReport = { deleted: 0, failed: [] }
  for (let start = 0; start < keys.length; start += MAX_KEYS) {
    const some = keys.slice(start, start + MAX_KEYS)
    const { deleted, failed } =
      (await deletePage(
        requests,
        bucket,
        some.map((Key) => ({ Key })),
      )) ?? (await oneByOne(requests, bucket, some))
    report.deleted += deleted
    report.failed.push(...failed)
  }
  return report
}

function oneByOne(requests: Requests, bucket: string, keys: readonly string[]): Promise<DeleteReport> {
  return deleteEach({ delete: (_, key) => deleteObject(requests, bucket, key) }, bucket, keys)
}

/** Undefined where the server does not take the request. */
function deletePage(
  requests: Requests,
  bucket: string,
  objects: readonly ObjectIdentifier[],
): Promise<DeleteReport | undefined> {
  return requests.call<DeleteReport | undefined>(
    async ({ s3, send }) => {
      const { Deleted, Errors } = await send(
        new s3.DeleteObjectsCommand({
          Bucket: requests.stored(bucket),
          Delete: { Objects: [...objects] },
        }),
      )
      if (Deleted === undefined && Errors === undefined) throw protocolBroken()
      const failed = (Errors ?? []).filter(({ Code }) => Code !== "NoSuchKey").map(failureOf)
      return { deleted: objects.length - failed.length, failed }
    },
    {
      kind: "write",
      headers: contentMd5,
      recover(failure) {
        if (refusesRequest(failure)) return undefined
        throw serviceError(failure, "write")
      },
    },
  )
}

/** What it asks for is not known to the server, or some of the keys are not. */
function refusesRequest({ code, status }: Failure): boolean {
  return status === 405 || status === 501 || (status === 400 && (code === "MalformedXML" || code === ""))
}

function failureOf({ Code = "", Key = "" }: _Error): DeleteFailure {
  const { code, message } = serviceError(new Failure("answer", { status: statusOf(Code), code: Code }), "write")
  return { key: Key, code, message }
}

/** Older servers ask for it here, and newer ones for the checksum that the SDK adds. */
function contentMd5(body: unknown): Record<string, string> {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return {}
  return { "content-md5": createHash("md5").update(body).digest("base64") }
}
