import { promisify } from "node:util"
import { gzip } from "node:zlib"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"

/** Protobuf of OpenTelemetry, by its own package. */
export interface OtlpSerializer<Span> {
  serializeRequest(spans: Span[]): Uint8Array | undefined
  deserializeResponse(bytes: Uint8Array): { readonly partialSuccess?: { readonly rejectedSpans?: unknown } | undefined }
}

export interface OtlpOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly compression: "none" | "gzip"
  /** Of one request, in ms. */
  readonly timeoutMs: number
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
}

const RETRYABLE: readonly number[] = [429, 502, 503, 504]
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 5000
/** An answer says little. */
const MAX_ANSWER_BYTES = 1_000_000

const zip = promisify(gzip)

/** Sends spans as OTLP over HTTP, in protobuf: JSON has no form for some numbers, and a receiver refuses them all then. */
export class OtlpSender<Span> {
  readonly #serializer: OtlpSerializer<Span>
  readonly #options: OtlpOptions

  constructor(serializer: OtlpSerializer<Span>, options: OtlpOptions) {
    this.#serializer = serializer
    this.#options = options
  }

  /** @returns How many spans were taken. @throws ServiceError, or what the signal was aborted with. */
  async send(spans: readonly Span[], signal: AbortSignal): Promise<number> {
    const { clock, compression } = this.#options
    const bytes = this.#serializer.serializeRequest([...spans])
    if (bytes === undefined) throw new ServiceError("INTERNAL", "The spans cannot be serialized.")
    const body = compression === "gzip" ? await zip(bytes) : bytes
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      const { error, retryAfterMs, taken } = await this.#post(body, spans.length, signal)
      if (taken !== undefined) return taken
      if (retryAfterMs === undefined) throw error
      await clock.sleep(Math.max(retryAfterMs, pauseMs), signal)
    }
  }

  async #post(body: Uint8Array, count: number, signal: AbortSignal): Promise<Outcome> {
    const { clock, compression, fetch, headers, timeoutMs, url } = this.#options
    const controller = new AbortController()
    const end = () => controller.abort(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener("abort", end)
    const late = clock.setTimeout(() => controller.abort(), timeoutMs)
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          ...headers,
          "content-type": "application/x-protobuf",
          ...(compression === "gzip" && { "content-encoding": "gzip" }),
        },
        body: new Uint8Array(body),
        redirect: "error",
        signal: controller.signal,
      })
      return await this.#outcomeOf(response, count)
    } catch (error) {
      if (signal.aborted) throw error
      return { error: unreachable(error), retryAfterMs: 0 }
    } finally {
      late.cancel()
      signal.removeEventListener("abort", end)
    }
  }

  async #outcomeOf(response: Response, count: number): Promise<Outcome> {
    if (response.ok) return this.#taken(response, count)
    await response.body?.cancel()
    const error = refused(response.status)
    if (!RETRYABLE.includes(response.status)) return { error }
    return { error, retryAfterMs: retryAfterOf(response.headers) }
  }

  /** Of an answer that is OTLP; nobody knows what another one means. */
  async #taken(response: Response, count: number): Promise<Outcome> {
    const bytes = await bytesOf(response)
    const type = response.headers.get("content-type") ?? ""
    if (bytes === undefined || (bytes.length > 0 && !type.startsWith("application/x-protobuf")))
      return { error: notOtlp() }
    try {
      const { partialSuccess } = this.#serializer.deserializeResponse(bytes)
      const rejected = Number(partialSuccess?.rejectedSpans ?? 0)
      return { taken: count - Math.min(count, Math.max(0, Number.isFinite(rejected) ? rejected : 0)) }
    } catch {
      return { error: notOtlp() }
    }
  }
}

interface Outcome {
  readonly taken?: number
  readonly error?: ServiceError
  /** There where it may be sent again. */
  readonly retryAfterMs?: number | undefined
}

async function bytesOf(response: Response): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > MAX_ANSWER_BYTES) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function retryAfterOf(headers: Headers): number {
  const seconds = Number(headers.get("retry-after") ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0
}

function unreachable(cause: unknown): ServiceError {
  return new ServiceError("UNAVAILABLE", "The receiver of spans cannot be reached.", { cause })
}

function refused(status: number): ServiceError {
  return new ServiceError("UNAVAILABLE", `The receiver of spans must take them; it answered with status ${status}.`)
}

function notOtlp(): ServiceError {
  return new ServiceError("CORRUPT", "The receiver of spans must answer as OTLP says; check the endpoint.")
}
