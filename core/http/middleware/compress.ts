import type { MiddlewareHandler } from "hono"
import { missingPeer } from "../../foundation/missing-peer.ts"

/** Below it, compression costs more than it saves. */
const THRESHOLD_BYTES = 1024
const COMPRESSIBLE = /^(application\/([\w.-]+\+)?json|text\/(?!event-stream))/i

/** Compresses JSON and text for clients that take it. Objects that may be read in ranges stay as they are. */
export async function compressMiddleware(): Promise<MiddlewareHandler> {
  const compress = (await loadCompress())({ threshold: THRESHOLD_BYTES, contentTypeFilter: COMPRESSIBLE })
  return async (context, next) => {
    await next()
    const { req, res } = context
    if (req.method === "HEAD" || !req.raw.headers.has("accept-encoding") || !isCompressible(res)) return
    if (!res.headers.has("content-length")) context.res = await sized(res)
    await compress(context, async () => {})
  }
}

function isCompressible({ body, headers }: Response): boolean {
  return body !== null && !headers.has("accept-ranges") && COMPRESSIBLE.test(headers.get("content-type") ?? "")
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
    return (await import("hono/compress")).compress
  } catch (error) {
    throw missingPeer("hono", error)
  }
}
