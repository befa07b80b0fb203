import { CONDITION_NAMES, checkEtags, conditionsOfQuery, wholeNumber } from "./conditions.ts"
import type { Gcs } from "./gcs.ts"
import { type GcsRequest, json, type Reply } from "./http.ts"
import { jsonBody } from "./json-body.ts"
import { allowOnly } from "./limits.ts"
import { download } from "./media.ts"
import { fieldsOfResource, jsonEtag, objectResource } from "./resource.ts"
import type { StoredObject } from "./store.ts"

const NAMES = ["generation", ...CONDITION_NAMES]

export function getObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  const object = find(gcs, request, bucket, name)
  if (request.query.get("alt") === "media") return download(request, object, "json")
  checkEtags(request, jsonEtag(object))
  return json(objectResource(object, gcs.endpoint))
}

export function patchObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  const object = find(gcs, request, bucket, name)
  const changed = gcs.store.change(object, fieldsOfResource(jsonBody(request), object.fields))
  return json(objectResource(changed, gcs.endpoint))
}

export function deleteObject(gcs: Gcs, request: GcsRequest, bucket: string, name: string): Reply {
  gcs.store.delete(find(gcs, request, bucket, name))
  return { status: 204 }
}

function find({ store }: Gcs, { query }: GcsRequest, bucket: string, name: string): StoredObject {
  allowOnly(query, NAMES)
  return store.object(bucket, name, conditionsOfQuery(query), wholeNumber("generation", query.get("generation")))
}
