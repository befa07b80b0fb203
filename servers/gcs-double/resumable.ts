import { randomBytes } from "node:crypto"
import { declaredInHeaders, verify } from "./checksums.ts"
import { conditionsOfQuery, wholeNumber } from "./conditions.ts"
import type { Gcs, Session } from "./gcs.ts"
import { type GcsRequest, header, json, type Reply } from "./http.ts"
import { INSERT_NAMES, targetOf } from "./insert.ts"
import { jsonBody } from "./json-body.ts"
import { allowOnly, checkMetadata, checkObjectName } from "./limits.ts"
import { invalid, Refusal } from "./refusal.ts"
import { objectResource } from "./resource.ts"

/** What GCS persists of an upload that goes on is a multiple of this. */
const UNIT = 256 * 1024

/** Opens a session. Its conditions are those of this request; they are checked when the upload ends. */
export function startSession(gcs: Gcs, request: GcsRequest, bucket: string): Reply {
  allowOnly(request.query, INSERT_NAMES)
  const target = targetOf(request, jsonBody(request), header(request, "x-upload-content-type"))
  gcs.store.bucket(bucket)
  checkObjectName(target.name)
  checkMetadata(target.fields.metadata)
  const id = randomBytes(24).toString("base64url")
  gcs.sessions.set(id, {
    ...target,
    bucket,
    conditions: conditionsOfQuery(request.query),
    size: wholeNumber("x-upload-content-length", header(request, "x-upload-content-length") ?? null),
    received: Buffer.alloc(0),
    state: "open",
  })
  const location = `${gcs.endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`
  return { status: 200, headers: { location, "x-guploader-uploadid": id } }
}

/** Data for a session, or a question how much of it is there. The address alone lets a client in. */
export function continueSession(gcs: Gcs, request: GcsRequest, id: string): Reply {
  const session = sessionOf(gcs, id)
  if (session.state === "closed")
    throw new Refusal(410, { reason: "gone", code: "Gone" }, "The upload session is gone.")
  if (session.state !== "open") return json(objectResource(session.state, gcs.endpoint))

  const { body } = request
  const range = header(request, "content-range") ?? `bytes 0-*/${request.complete ? body.length : "*"}`
  const status = /^bytes \*\/(\*|\d+)$/.exec(range)
  if (status !== null)
    return status[1] === String(session.received.length) ? finish(gcs, request, session) : progress(session)

  const [, firstText, lastText, totalText] = /^bytes (\d+)-(\d+|\*)\/(\d+|\*)$/.exec(range) ?? []
  if (firstText === undefined) throw invalid("Failed to parse Content-Range header.")
  const first = Number(firstText)
  const before = session.received.length
  if (first > before) return beyond(first, before)
  const announced = lastText === "*" ? undefined : Number(lastText) - first + 1
  if (request.complete && announced !== undefined && announced !== body.length) {
    throw invalid(`Content-Range announces ${announced} bytes; the request has ${body.length}.`)
  }
  const data = Buffer.concat([session.received, body.subarray(before - first)])
  const total = totalText === "*" ? undefined : Number(totalText)
  if (total !== undefined && data.length > total) throw invalid("The upload has more bytes than its total.")
  // A request of an open end ends the object when its own body ends.
  const isLast = request.complete && (total === undefined ? lastText === "*" : data.length === total)
  if (isLast) {
    session.received = data
    return finish(gcs, request, session)
  }
  if (request.complete && body.length < UNIT) throw tooSmall(body.length)
  session.received = data.subarray(0, Math.max(before, data.length - (data.length % UNIT)))
  return progress(session)
}

/** Ends a session with nothing stored. */
export function cancelSession(gcs: Gcs, id: string): Reply {
  const session = sessionOf(gcs, id)
  if (session.state === "open") session.state = "closed"
  return { status: 499 }
}

function sessionOf({ sessions }: Gcs, id: string): Session {
  const session = sessions.get(id)
  if (session === undefined) throw new Refusal(404, { reason: "notFound", code: "NoSuchUpload" }, "Not Found")
  return session
}

function finish(gcs: Gcs, request: GcsRequest, session: Session): Reply {
  const { bucket, conditions, declared, fields, name, received: data, size } = session
  // Whatever comes of it, nothing more can be sent.
  session.state = "closed"
  if (size !== undefined && size !== data.length) {
    throw invalid(`X-Upload-Content-Length announced ${size} bytes; the upload has ${data.length}.`)
  }
  verify(data, declaredInHeaders(request))
  session.state = gcs.store.write({ bucket, name, data, fields, conditions, declared })
  return json(objectResource(session.state, gcs.endpoint))
}

function progress({ received }: Session): Reply {
  const headers = received.length === 0 ? {} : { range: `bytes=0-${received.length - 1}` }
  return { status: 308, headers }
}

/** GCS answers so, in plain text, to data that would leave a gap. */
function beyond(offset: number, size: number): Reply {
  const text = `the upload offset is ${offset} byte(s), which exceeds already uploaded size of ${size} byte(s).`
  return {
    status: 503,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: `Invalid request. According to the Content-Range header, ${text}`,
  }
}

function tooSmall(size: number): Refusal {
  return invalid(`Invalid request. A request that is not the last one must have ${UNIT} bytes or more; it has ${size}.`)
}
