import { Buffer } from "node:buffer"
import { ServiceError } from "../../../contracts/foundation/errors.ts"

/**
 * The JSON of a request. What is too long is refused before it is read, or as soon as it is seen.
 *
 * @throws ServiceError INVALID_ARGUMENT, with reason "schema" where nothing came; UNSUPPORTED, reason "content-type";
 * LIMIT_EXCEEDED.
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const { headers } = request
  checkLength(headers, maxBytes)
  const encoding = headers.get("content-encoding")
  if (encoding !== null && encoding.toLowerCase() !== "identity") throw encodingRefused()
  const type = headers.get("content-type")
  if (type !== null && !isJson(type)) throw typeRefused()
  const bytes = await bytesOf(request, maxBytes)
  if (bytes.length === 0) throw absent()
  if (type === null) throw typeRefused()
  return parsed(bytes)
}

/** @throws ServiceError LIMIT_EXCEEDED for a length that is said and too long. */
export function checkLength(headers: Headers, maxBytes: number): void {
  const length = headers.get("content-length")
  if (length !== null && Number(length) > maxBytes) throw tooLong(maxBytes)
}

function isJson(type: string): boolean {
  return /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)
}

function typeRefused(): ServiceError {
  return new ServiceError("UNSUPPORTED", "The body must be JSON in UTF-8; send content-type: application/json.", {
    details: { reason: "content-type" },
  })
}

/** What unpacks to more than its length could not be bounded before it is read. */
function encodingRefused(): ServiceError {
  return new ServiceError("UNSUPPORTED", "The body must not be compressed; send it without content-encoding.", {
    details: { reason: "content-type" },
  })
}

function absent(): ServiceError {
  const issues = [{ path: "body", message: "must be JSON; got nothing" }]
  return new ServiceError("INVALID_ARGUMENT", "The body must be JSON; got nothing.", {
    details: { reason: "schema", issues },
  })
}

function tooLong(maxBytes: number): ServiceError {
  return new ServiceError("LIMIT_EXCEEDED", `The body must have at most ${maxBytes} bytes; got more.`)
}

async function bytesOf(request: Request, maxBytes: number): Promise<Uint8Array> {
  // Of a length that is known, servers read it faster than a stream.
  if (!request.headers.has("content-length")) return streamed(request, maxBytes)
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.length > maxBytes) throw tooLong(maxBytes)
  return bytes
}

async function streamed({ body }: Request, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  if (reader === undefined) return new Uint8Array()
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length
    // What is left is the server's: a cancelled body may end the connection before the answer is seen.
    if (length > maxBytes) throw tooLong(maxBytes)
    pieces.push(step.value)
  }
  return Buffer.concat(pieces, length)
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    throw new ServiceError("INVALID_ARGUMENT", "The body must be JSON in UTF-8; got something else.", {
      details: { reason: "json" },
    })
  }
}
