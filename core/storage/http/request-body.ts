import { overMaxBytes } from "../errors.ts"

/**
 * The bytes of a request. Nobody cancels them: whether its connection goes on behind a body that is not read is left to
 * the server, and some end it with a body that is cancelled, so that no answer is seen.
 */
export async function* bytesOf({ body }: Request): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader()
  if (reader === undefined) return
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    reader.releaseLock()
  }
}

/** The same bytes; LIMIT_EXCEEDED where there are more. */
export async function* atMost(
  maxBytes: number,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let count = 0
  for await (const piece of bytes) {
    count += piece.length
    if (count > maxBytes) throw overMaxBytes("body", "maxBytes", maxBytes)
    yield piece
  }
}

/** The size that a request says its body has. */
export function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length") ?? ""
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined
}
