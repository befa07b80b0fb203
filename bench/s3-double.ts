import type { IncomingMessage, ServerResponse } from "node:http"
import type { S3Place } from "./suite.ts"
import { giveBack, type Swallowed, serve, swallow } from "./swallowing.ts"

export interface S3Double {
  readonly place: S3Place
  stop(): Promise<void>
}

const ETAG = `"${"0".repeat(32)}"`

/** Starts a server that speaks as much of S3 as uploads and downloads need. */
export async function startS3Double(): Promise<S3Double> {
  const objects = new Map<string, Swallowed>()
  const uploads = new Map<string, number>()
  const { endpoint, stop } = await serve(async (request, response, { pathname, searchParams }) => {
    const upload = searchParams.get("uploadId")
    const body = await swallow(request)
    if (request.method === "POST" && searchParams.has("uploads")) {
      const id = `upload-${uploads.size}`
      uploads.set(id, 0)
      return sendXml(response, "InitiateMultipartUploadResult", `<UploadId>${id}</UploadId>`)
    }
    if (request.method === "POST" && upload !== null) {
      objects.set(pathname, { size: uploads.get(upload) ?? 0 })
      return sendXml(response, "CompleteMultipartUploadResult", `<ETag>${ETAG}</ETag>`)
    }
    if (request.method === "PUT") {
      if (upload === null) objects.set(pathname, body)
      else uploads.set(upload, (uploads.get(upload) ?? 0) + body.size)
      return response.writeHead(200, { etag: ETAG }).end()
    }
    return read(objects.get(pathname), request, response)
  })
  return { place: { endpoint, region: "us-east-1", accessKeyId: "bench", secretAccessKey: "bench" }, stop }
}

function read(found: Swallowed | undefined, { method }: IncomingMessage, response: ServerResponse) {
  if (found === undefined) return response.writeHead(404).end()
  const lastModified = new Date().toUTCString()
  response.writeHead(200, { etag: ETAG, "content-length": found.size, "last-modified": lastModified })
  return method === "HEAD" ? response.end() : giveBack(found, response)
}

function sendXml(response: ServerResponse, name: string, inside: string): ServerResponse {
  const text = `<?xml version="1.0" encoding="UTF-8"?><${name}>${inside}</${name}>`
  return response.writeHead(200, { "content-type": "application/xml" }).end(text)
}
