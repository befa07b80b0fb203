import { bodyParts } from "./body-parts.ts"
import { type Declared, declaredInHeaders } from "./checksums.ts"
import { CONDITION_NAMES, conditionsOfQuery } from "./conditions.ts"
import type { Gcs } from "./gcs.ts"
import { type GcsRequest, header, json, type Reply } from "./http.ts"
import { jsonBody } from "./json-body.ts"
import { allowOnly } from "./limits.ts"
import { invalid } from "./refusal.ts"
import { fieldsOfResource, objectResource } from "./resource.ts"
import type { Fields } from "./store.ts"

export const INSERT_NAMES = ["uploadType", "name", "contentEncoding", ...CONDITION_NAMES]

/** An upload in one request: of the data alone, or of the resource and the data. */
export function insertObject(gcs: Gcs, request: GcsRequest, bucket: string): Reply {
  const { query } = request
  allowOnly(query, INSERT_NAMES)
  const { data, resource, type } = query.get("uploadType") === "multipart" ? related(request) : mediaOf(request)
  const { declared, fields, name } = targetOf(request, resource, type)
  const conditions = conditionsOfQuery(query)
  const written = gcs.store.write({ bucket, name, data, fields, declared, conditions })
  return json(objectResource(written, gcs.endpoint))
}

interface Upload {
  readonly data: Buffer
  readonly resource: Record<string, unknown>
  readonly type: string | undefined
}

function mediaOf(request: GcsRequest): Upload {
  return { data: request.body, resource: {}, type: header(request, "content-type") }
}

function related(request: GcsRequest): Upload {
  const [resource, media, ...others] = bodyParts(request.body, header(request, "content-type"))
  if (resource === undefined || media === undefined || others.length > 0) {
    throw invalid("Malformed multipart body: two parts are expected.")
  }
  return { data: media.body, resource: jsonBody(resource), type: media.headers.get("content-type") }
}

/** Name, fields and sums of what an upload will make, by its query, its resource and its headers. */
export function targetOf(
  request: GcsRequest,
  resource: Record<string, unknown>,
  type: string | undefined,
): { readonly name: string; readonly fields: Fields; readonly declared: Declared } {
  const { query } = request
  const inQuery = query.get("name")
  const name = inQuery ?? resource["name"]
  if (inQuery !== null && resource["name"] !== undefined && inQuery !== resource["name"]) {
    throw invalid("Value in content does not agree with value of the parameter name.")
  }
  if (typeof name !== "string") throw invalid("Required parameter: name")
  const fields = fieldsOfResource(resource)
  const sum = (field: string) => (typeof resource[field] === "string" ? resource[field] : undefined)
  const inHeaders = declaredInHeaders(request)
  return {
    name,
    fields: {
      ...fields,
      contentType: fields.contentType ?? type,
      contentEncoding: query.get("contentEncoding") ?? fields.contentEncoding,
    },
    declared: { crc32c: sum("crc32c") ?? inHeaders.crc32c, md5: sum("md5Hash") ?? inHeaders.md5 },
  }
}
