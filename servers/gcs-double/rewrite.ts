import { randomUUID } from "node:crypto"
import { CONDITION_NAMES, check, conditionsOfQuery, wholeNumber } from "./conditions.ts"
import type { Gcs, Rewrite } from "./gcs.ts"
import { type GcsRequest, json, type Reply } from "./http.ts"
import { jsonBody } from "./json-body.ts"
import { allowOnly } from "./limits.ts"
import { invalid } from "./refusal.ts"
import { fieldsOfResource, objectResource } from "./resource.ts"
import type { StoredObject } from "./store.ts"

const NAMES = [
  ...CONDITION_NAMES,
  ...CONDITION_NAMES.map((name) => name.replace("if", "ifSource")),
  ...["sourceGeneration", "rewriteToken", "maxBytesRewrittenPerCall"],
]
const MIB = 1024 * 1024

export interface Place {
  readonly bucket: string
  readonly name: string
}

/** Copies an object; in several calls where the client asks for less than all in one. */
export function rewriteObject(gcs: Gcs, request: GcsRequest, from: Place, to: Place): Reply {
  const { query } = request
  allowOnly(query, NAMES)
  const sourceGeneration = wholeNumber("sourceGeneration", query.get("sourceGeneration"))
  const source = gcs.store.object(from.bucket, from.name, conditionsOfQuery(query, "ifSource"), sourceGeneration)
  const conditions = conditionsOfQuery(query)
  check(conditions, gcs.store.bucket(to.bucket).objects.get(to.name))

  const limit =
    wholeNumber("maxBytesRewrittenPerCall", query.get("maxBytesRewrittenPerCall")) ?? Number.POSITIVE_INFINITY
  if (limit !== Number.POSITIVE_INFINITY && (limit === 0 || limit % MIB !== 0)) {
    throw invalid("maxBytesRewrittenPerCall must be a multiple of 1 MiB.")
  }
  const [token, rewrite] = rewriteOf(gcs, query.get("rewriteToken"), source, `${to.bucket}/${to.name}`)
  rewrite.done = Math.min(source.data.length, rewrite.done + limit)
  const progress = {
    kind: "storage#rewriteResponse",
    totalBytesRewritten: String(rewrite.done),
    objectSize: String(source.data.length),
  }
  if (rewrite.done < source.data.length) {
    gcs.rewrites.set(token, rewrite)
    return json({ ...progress, done: false, rewriteToken: token })
  }
  gcs.rewrites.delete(token)
  const resource = jsonBody(request)
  const isGiven = Object.keys(resource).length > 0
  const fields = isGiven ? fieldsOfResource(resource) : source.fields
  const { data, md5 } = source
  const written = gcs.store.write({ ...to, data, fields, conditions, isMultipart: md5 === undefined })
  return json({ ...progress, done: true, resource: objectResource(written, gcs.endpoint) })
}

function rewriteOf({ rewrites }: Gcs, given: string | null, source: StoredObject, target: string): [string, Rewrite] {
  if (given === null) return [randomUUID(), { source, target, done: 0 }]
  const rewrite = rewrites.get(given)
  if (rewrite === undefined || rewrite.target !== target || rewrite.source.generation !== source.generation) {
    throw invalid("Invalid rewriteToken.")
  }
  return [given, rewrite]
}
