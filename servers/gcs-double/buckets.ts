import type { Gcs } from "./gcs.ts"
import { type GcsRequest, json, type Reply } from "./http.ts"
import { jsonBody } from "./json-body.ts"
import { allowOnly, checkBucketName } from "./limits.ts"
import { invalid, Refusal, unknownHere } from "./refusal.ts"
import { bucketResource } from "./resource.ts"

export function insertBucket(gcs: Gcs, request: GcsRequest): Reply {
  allowOnly(request.query, ["project"])
  checkProject(gcs, request.query)
  const { location = "US", name, ...others } = jsonBody(request)
  const [stranger] = Object.keys(others)
  if (stranger !== undefined) throw unknownHere(`the field ${stranger} of a bucket`)
  checkBucketName(name)
  const { store } = gcs
  if (store.foreign.has(name)) {
    throw taken("The requested bucket name is not available. Please select a different name and try again.")
  }
  if (store.hasBucket(name)) {
    throw taken("Your previous request to create the named bucket succeeded and you already own it.")
  }
  return json(bucketResource(store.addBucket(name, String(location).toUpperCase()), gcs.projectNumber, gcs.endpoint))
}

export function listBuckets(gcs: Gcs, { query }: GcsRequest): Reply {
  allowOnly(query, ["project", "prefix", "maxResults", "pageToken"])
  checkProject(gcs, query)
  const limit = Number(query.get("maxResults") ?? 1000)
  const after = query.get("pageToken") ?? ""
  const found = gcs.store.buckets().filter(({ name }) => name.startsWith(query.get("prefix") ?? "") && name > after)
  const page = found.slice(0, limit)
  return json({
    kind: "storage#buckets",
    nextPageToken: found.length > limit ? page.at(-1)?.name : undefined,
    items: page.map((bucket) => bucketResource(bucket, gcs.projectNumber, gcs.endpoint)),
  })
}

export function getBucket(gcs: Gcs, { query }: GcsRequest, name: string): Reply {
  allowOnly(query, [])
  return json(bucketResource(gcs.store.bucket(name), gcs.projectNumber, gcs.endpoint))
}

export function deleteBucket(gcs: Gcs, { query }: GcsRequest, name: string): Reply {
  allowOnly(query, [])
  if (gcs.store.bucket(name).objects.size > 0)
    throw taken("The bucket you tried to delete is not empty.", "BucketNotEmpty")
  gcs.store.removeBucket(name)
  for (const [id, { bucket }] of [...gcs.sessions, ...gcs.partedUploads]) {
    if (bucket !== name) continue
    gcs.sessions.delete(id)
    gcs.partedUploads.delete(id)
  }
  return { status: 204 }
}

function taken(message: string, code = "BucketAlreadyExists"): Refusal {
  return new Refusal(409, { reason: "conflict", code }, message)
}

function checkProject({ projectId, projectNumber }: Gcs, query: URLSearchParams): void {
  const project = query.get("project")
  if (project === null) throw invalid("Required parameter: project")
  if (project !== projectId && project !== projectNumber) throw invalid(`Unknown project id: ${project}`)
}
