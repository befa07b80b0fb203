import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"

const MAX_BYTES = 262_144

export interface ReadKeySetOptions {
  readonly url: URL
  readonly timeoutMs: number
  readonly clock: Clock
}

/** The JSON that a URL answers, bounded in time and size. A redirect is an error: the keys are those of this URL. */
export async function readKeySet({ clock, timeoutMs, url }: ReadKeySetOptions): Promise<unknown> {
  const controller = new AbortController()
  const { signal } = controller
  const timer = clock.setTimeout(() => {
    controller.abort(new ServiceError("TIMEOUT", `The key set must be answered within ${timeoutMs} ms.`))
  }, timeoutMs)
  try {
    const headers = { accept: "application/jwk-set+json, application/json" }
    const response = await fetch(url, { headers, redirect: "error", signal })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new ServiceError("UNAVAILABLE", `The key set must be answered with status 200; got ${response.status}.`)
    }
    return JSON.parse(await textOf(response))
  } finally {
    timer.cancel()
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) {
      throw new ServiceError("LIMIT_EXCEEDED", `The key set must have at most ${MAX_BYTES} bytes; it has more.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
