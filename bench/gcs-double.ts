import type { ServerResponse } from "node:http"
import { giveBack, type Swallowed, serve, swallow } from "./swallowing.ts"

export interface GcsDouble {
  readonly endpoint: string
  readonly projectId: string
  stop(): Promise<void>
}

interface Upload {
  readonly name: string
  size: number
}

/** Starts a server that speaks as much of the JSON API of Google Cloud Storage as uploads and downloads need. */
export async function startGcsDouble(): Promise<GcsDouble> {
  const objects = new Map<string, Swallowed>()
  const uploads = new Map<string, Upload>()
  const stored = (response: ServerResponse, name: string, object: Swallowed) => {
    objects.set(name, object)
    return sendJson(response, 200, resourceOf(name, object))
  }
  const { endpoint, stop } = await serve(async (request, response, { pathname, searchParams }) => {
    const { method = "GET" } = request
    const body = await swallow(request)
    const text = (body.bytes ?? "").toString()
    if (method === "POST" && pathname === "/storage/v1/b") {
      return sendJson(response, 200, { ...JSON.parse(text), timeCreated: new Date() })
    }
    if (method === "POST" && searchParams.get("uploadType") === "resumable") {
      const id = `upload-${uploads.size}`
      uploads.set(id, { name: JSON.parse(text).name, size: 0 })
      return response.writeHead(200, { location: `${endpoint}/upload?upload_id=${id}` }).end()
    }
    if (method === "POST") {
      const { bytes, name } = readRelated(body.bytes ?? Buffer.alloc(0))
      return stored(response, name, { size: bytes.length, bytes })
    }
    const upload = uploads.get(searchParams.get("upload_id") ?? "")
    if (method === "PUT" && upload !== undefined) {
      upload.size += body.size
      const isLast = !request.headers["content-range"]?.endsWith("/*")
      if (isLast) return stored(response, upload.name, { size: upload.size })
      return response.writeHead(308, { range: `bytes=0-${upload.size - 1}` }).end()
    }
    const name = decodeURIComponent(pathname.split("/").at(-1) ?? "")
    const found = objects.get(name)
    if (method !== "GET" || found === undefined) return sendJson(response, 404, { error: { code: 404, message: "" } })
    if (searchParams.get("alt") !== "media") return sendJson(response, 200, resourceOf(name, found))
    response.writeHead(200, { "content-length": found.size })
    return giveBack(found, response)
  })
  return { endpoint, projectId: "bench", stop }
}

function resourceOf(name: string, { size }: Swallowed) {
  return { name, size: String(size), generation: "1", updated: new Date(), contentType: "application/octet-stream" }
}

/** The name in the first part of a body of two, and the bytes of the second. */
function readRelated(body: Buffer) {
  const blank = "\r\n\r\n"
  const resource = body.indexOf(blank) + blank.length
  const boundary = body.subarray(0, body.indexOf("\r\n"))
  const second = body.indexOf(boundary, resource)
  const bytes = body.indexOf(blank, second) + blank.length
  const { name } = JSON.parse(body.toString("utf8", resource, second)) as { name: string }
  return { name, bytes: body.subarray(bytes, body.lastIndexOf(boundary) - 2) }
}

function sendJson(response: ServerResponse, status: number, value: object): ServerResponse {
  return response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))
}
