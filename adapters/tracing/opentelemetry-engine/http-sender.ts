import { promisify } from "node:util"
import { gzip } from "node:zlib"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import type { Answer, Connection } from "./connection.ts"
import type { Sending, SpanSender } from "./sender.ts"

/** How spans are written for a kind of receiver, and what its answers mean. */
export interface SpanFormat<Span> {
  readonly contentType: string
  /** The body of a request without spans, which asks whether the receiver is there. */
  readonly empty: Uint8Array
  /** May throw where a span of others has what it cannot write. */
  write(spans: readonly Span[]): Uint8Array
  /** Of an answer of success: how many spans it refuses, or undefined where it is none of such a receiver. */
  refusedIn(answer: Uint8Array, contentType: string): number | undefined
}

export interface HttpOptions {
  readonly connection: Connection
  readonly headers: Readonly<Record<string, string>>
  readonly compression: "none" | "gzip"
  /** Of one request, in ms. */
  readonly timeoutMs: number
  readonly clock: Clock
}

/** As OTLP says. */
const RETRYABLE: readonly number[] = [429, 502, 503, 504]
const FIRST_PAUSE_MS = 500
const MAX_PAUSE_MS = 5000

const zip = promisify(gzip)

/**
 * Sends spans by HTTP. Not by the exporters of OpenTelemetry: these do not say how many spans a receiver refused, take a
 * page of HTML for a success, and keep timers after their end.
 */
export class HttpSender<Span> implements SpanSender<Span> {
  readonly #format: SpanFormat<Span>
  readonly #options: HttpOptions
  failure: ServiceError | undefined
  /** Whether that is over once the receiver answers again. */
  #isPassing = false

  constructor(format: SpanFormat<Span>, options: HttpOptions) {
    this.#format = format
    this.#options = options
  }

  async send(spans: readonly Span[], sending: Sending): Promise<number> {
    const { body, count } = await this.#bodyOf(spans)
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      const outcome = await this.#post(body, sending.signal)
      if ("refused" in outcome) {
        const taken = count - Math.min(count, Math.max(0, outcome.refused))
        this.#fail(taken === spans.length ? undefined : refusedSome())
        return taken
      }
      const { error, retryAfterMs } = outcome
      this.#fail(error, retryAfterMs !== undefined)
      if (retryAfterMs === undefined) throw error
      await sending.pause(Math.max(retryAfterMs, pauseMs), retryAfterMs > pauseMs)
    }
  }

  #fail(failure: ServiceError | undefined, isPassing = false): void {
    this.failure = failure
    this.#isPassing = isPassing
  }

  close(): void {
    this.#options.connection.close()
  }

  async check(signal: AbortSignal): Promise<void> {
    const outcome = await this.#post(this.#format.empty, signal)
    // What has no span may be refused for that.
    if (!("refused" in outcome || outcome.status === 400)) throw outcome.error
    if (this.#isPassing) this.#fail(undefined)
  }

  async #bodyOf(spans: readonly Span[]): Promise<{ readonly body: Uint8Array; readonly count: number }> {
    const { count, bytes } = this.#write(spans)
    return { count, body: this.#options.compression === "gzip" ? await zip(bytes) : bytes }
  }

  /** One that cannot be written costs no other. */
  #write(spans: readonly Span[]): { readonly bytes: Uint8Array; readonly count: number } {
    try {
      return { bytes: this.#format.write(spans), count: spans.length }
    } catch {
      const good = spans.filter((span) => this.#canWrite(span))
      return { bytes: this.#format.write(good), count: good.length }
    }
  }

  #canWrite(span: Span): boolean {
    try {
      this.#format.write([span])
      return true
    } catch {
      return false
    }
  }

  async #post(body: Uint8Array, signal: AbortSignal): Promise<Outcome> {
    const { clock, compression, connection, headers, timeoutMs } = this.#options
    const controller = new AbortController()
    const end = () => controller.abort()
    if (signal.aborted) end()
    const stop = onAbort(signal, end)
    const late = clock.setTimeout(end, timeoutMs)
    const isZipped = compression === "gzip" && body !== this.#format.empty
    const own = { "content-type": this.#format.contentType, ...(isZipped && { "content-encoding": "gzip" }) }
    try {
      return this.#outcomeOf(await connection.post(body, { ...headers, ...own }, controller.signal))
    } catch (error) {
      return { error: unreachable(error), retryAfterMs: 0 }
    } finally {
      late.cancel()
      stop()
    }
  }

  #outcomeOf({ body, headers, status }: Answer): Outcome {
    if (status < 200 || status > 299) {
      const error = refused(status)
      return RETRYABLE.includes(status) ? { error, status, retryAfterMs: this.#retryAfter(headers) } : { error, status }
    }
    const refusedSpans = body && this.#format.refusedIn(body, String(headers["content-type"] ?? ""))
    return refusedSpans === undefined ? { error: strangeAnswer(), status } : { refused: refusedSpans }
  }

  /** Seconds, or a date. */
  #retryAfter(headers: Answer["headers"]): number {
    const text = String(headers["retry-after"] ?? "")
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - this.#options.clock.now()
    return Number.isNaN(ms) ? 0 : Math.max(ms, 0)
  }
}

type Outcome =
  | { readonly refused: number }
  | {
      readonly error: ServiceError
      readonly status?: number
      /** There where it may be sent again. */
      readonly retryAfterMs?: number | undefined
    }

function unreachable(cause: unknown): ServiceError {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  return new ServiceError("UNAVAILABLE", unreachableBy(typeof code === "string" ? code : ""), { cause })
}

function unreachableBy(code: string): string {
  if (/CERT|SIGNATURE/.test(code)) {
    return (
      `The receiver of spans must have a certificate that this process trusts; got ${code}. ` +
      "Name a file with its authority in NODE_EXTRA_CA_CERTS."
    )
  }
  if (/^(?:EPROTO|ERR_SSL_)/.test(code)) {
    return `The receiver of spans must speak TLS, or its endpoint must begin with http://; got ${code}.`
  }
  return "The receiver of spans cannot be reached."
}

function refused(status: number): ServiceError {
  const code = status === 401 || status === 403 ? "PERMISSION_DENIED" : "UNAVAILABLE"
  return new ServiceError(
    code,
    `The receiver of spans must take them; it answered with status ${status}.${hintOf(status)}`,
  )
}

function hintOf(status: number): string {
  if (status === 401 || status === 403) return " Check the headers."
  return status < 400 || status === 404 || status === 405 ? " Check the endpoint." : ""
}

function refusedSome(): ServiceError {
  return new ServiceError("UNAVAILABLE", "The receiver of spans must take all of them; it refused some.")
}

function strangeAnswer(): ServiceError {
  return new ServiceError(
    "UNAVAILABLE",
    "The receiver of spans must answer as its protocol says; it answered something else. Check the endpoint.",
  )
}
