import { type BodyPart, bodyParts } from "./body-parts.ts"
import type { Gcs } from "./gcs.ts"
import { type GcsRequest, header, type Reply } from "./http.ts"
import { accessDenied, invalid } from "./refusal.ts"
import { checkCredential, checkNotInFuture, doesNotMatch, hasSigned, timeOf } from "./signed-url.ts"
import type { Fields } from "./store.ts"
import { document, element } from "./xml.ts"
import { checkSize, writtenHeaders } from "./xml-objects.ts"

/** What a browser's file name stands in for. */
const FILE_NAME = /\$\{filename\}/g

/** An upload by an HTML form, with a signed policy document that says what the form may hold. */
export function postForm(gcs: Gcs, request: GcsRequest, bucket: string): Reply {
  const { fields, file, fileName } = formOf(request)
  checkPolicy(gcs, bucket, fields, file.length)
  const key = required(fields, "key").replace(FILE_NAME, () => fileName)
  const written = gcs.store.write({ bucket, name: key, data: file, fields: fieldsOfForm(fields) })
  const redirect = fields.get("success_action_redirect")
  if (redirect !== undefined) return { status: 303, headers: { ...writtenHeaders(written), location: redirect } }
  if (fields.get("success_action_status") === "201") {
    const body = document("PostResponse", [element("Bucket", bucket), element("Key", key)])
    return { status: 201, headers: { ...writtenHeaders(written), "content-type": "application/xml" }, body }
  }
  return { status: fields.get("success_action_status") === "200" ? 200 : 204, headers: writtenHeaders(written) }
}

interface Form {
  /** By their names in lower case. */
  readonly fields: ReadonlyMap<string, string>
  readonly file: Buffer
  readonly fileName: string
}

/** Fields behind the file do not count. */
function formOf(request: GcsRequest): Form {
  const parts = bodyParts(request.body, header(request, "content-type"))
  const index = parts.findIndex((part) => parameter(part, "name") === "file")
  const file = parts[index]
  if (file === undefined) throw invalid("The form has no file.", "IncorrectNumberOfFilesInPostRequest")
  const fields = parts.slice(0, index).map((part): [string, string] => {
    return [(parameter(part, "name") ?? "").toLowerCase(), part.body.toString("utf8")]
  })
  return { fields: new Map(fields), file: file.body, fileName: parameter(file, "filename") ?? "" }
}

function parameter(part: BodyPart, name: string): string | undefined {
  return new RegExp(`[;\\s]${name}="([^"]*)"`).exec(part.headers.get("content-disposition") ?? "")?.[1]
}

function required(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name)
  if (value === undefined) throw invalid(`The form has no field ${name}.`)
  return value
}

type Condition = readonly [string, unknown, unknown] | Readonly<Record<string, string>>

function checkPolicy({ signer, store }: Gcs, bucket: string, fields: ReadonlyMap<string, string>, size: number): void {
  if (!fields.has("policy")) throw accessDenied("Anonymous caller does not have storage.objects.create access.")
  const text = required(fields, "policy")
  const date = required(fields, "x-goog-date")
  if (required(fields, "x-goog-algorithm") !== "GOOG4-RSA-SHA256") throw invalid("Unsupported x-goog-algorithm.")
  checkCredential(required(fields, "x-goog-credential"), date, signer)
  if (!hasSigned(signer, text, required(fields, "x-goog-signature"))) throw doesNotMatch()

  const { conditions, expiration } = policyOf(text)
  checkNotInFuture(timeOf(date), store.now())
  if (!(Date.parse(expiration) > store.now())) throw unfit("The policy is expired.")
  const covered = new Set<string>()
  const check = (name: string, fits: (value: string) => boolean) => {
    const field = name.replace(/^\$/, "").toLowerCase()
    const value = field === "bucket" ? bucket : fields.get(field)
    if (value === undefined || !fits(value)) throw unfit(`The condition of ${field} does not hold.`)
    covered.add(field)
  }
  for (const condition of conditions) {
    if (!Array.isArray(condition)) {
      for (const [name, expected] of Object.entries(condition)) check(name, (value) => value === expected)
      continue
    }
    const [kind, first, second] = condition
    if (kind === "content-length-range") checkSize(size, Number(first), Number(second))
    else if (kind === "eq") check(String(first), (value) => value === second)
    else if (kind === "starts-with") check(String(first), (value) => value.startsWith(String(second)))
    else throw unfit(`The policy has an unknown condition ${kind}.`)
  }
  const free = ["policy", "x-goog-signature"]
  const stranger = [...fields.keys()].find(
    (name) => !covered.has(name) && !free.includes(name) && !name.startsWith("x-ignore-"),
  )
  if (stranger !== undefined) throw unfit(`The field ${stranger} is in no condition.`)
}

function policyOf(text: string): { readonly expiration: string; readonly conditions: readonly Condition[] } {
  try {
    return JSON.parse(Buffer.from(text, "base64").toString("utf8"))
  } catch {
    throw unfit("The policy is no JSON.")
  }
}

function unfit(details: string) {
  const message = "The content of the form does not meet the conditions specified in the policy document."
  return invalid(message, "InvalidPolicyDocument", details)
}

function fieldsOfForm(fields: ReadonlyMap<string, string>): Fields {
  const prefix = "x-goog-meta-"
  const custom = [...fields].filter(([name]) => name.startsWith(prefix))
  return {
    contentType: fields.get("content-type"),
    contentEncoding: fields.get("content-encoding"),
    contentDisposition: fields.get("content-disposition"),
    contentLanguage: fields.get("content-language"),
    cacheControl: fields.get("cache-control"),
    metadata: Object.fromEntries(custom.map(([name, value]) => [name.slice(prefix.length), value])),
  }
}
