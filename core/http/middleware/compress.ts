import { missingPeer } from "../../foundation/missing-peer.ts"

/** Below it, compression costs more than it saves. */
const THRESHOLD_BYTES = 1024
const COMPRESSIBLE = /^(application\/([\w.-]+\+)?json|text\/(?!event-stream))/i

/** The answer to a request, compressed where that helps. */
export type Compress = (request: Request, response: Response) => Response | Promise<Response>

/**
 * Compresses JSON and text for clients that take it. Objects that may be read in ranges stay as they are. What is not
 * compressed does not pass hono, and its body is not looked at where its length is known.
 */
export async function createCompress(): Promise<Compress> {
  const { Hono, compress } = await loadCompress()
  const app = new Hono<{ Bindings: { readonly response: Response } }>()
  app.use(compress({ threshold: THRESHOLD_BYTES, contentTypeFilter: COMPRESSIBLE }))
  app.all("*", ({ env }) => env.response)
  return (request, response) => {
    const { headers, method } = request
    if (method === "HEAD" || !headers.has("accept-encoding") || !isCompressible(response)) return response
    if (response.headers.has("content-length")) return app.fetch(request, { response })
    return sized(response).then((known) => app.fetch(request, { response: known }))
  }
}

function isCompressible(response: Response): boolean {
  const { headers } = response
  const isLong = Number(headers.get("content-length") ?? THRESHOLD_BYTES) >= THRESHOLD_BYTES
  const isText = COMPRESSIBLE.test(headers.get("content-type") ?? "")
  return isLong && isText && !headers.has("accept-ranges") && response.body !== null
}

/** The same answer, with its length where it is short. */
async function sized(response: Response): Promise<Response> {
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  while (length < THRESHOLD_BYTES) {
    const step = await reader.read()
    if (step.done) return new Response(new Blob(pieces), withLength(response, length))
    pieces.push(step.value)
    length += step.value.length
  }
  return new Response(continued(pieces, reader), response)
}

function withLength({ headers, status }: Response, length: number): ResponseInit {
  const sizedHeaders = new Headers(headers)
  sizedHeaders.set("content-length", String(length))
  return { status, headers: sizedHeaders }
}

/** What was read, then the rest. */
function continued(
  pieces: readonly Uint8Array<ArrayBuffer>[],
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

async function loadCompress() {
  try {
    const { Hono } = await import("hono")
    const { compress } = await import("hono/compress")
    return { Hono, compress }
  } catch (error) {
    throw missingPeer("hono", error)
  }
}
