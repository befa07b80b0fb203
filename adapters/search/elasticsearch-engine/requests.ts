import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import { aborted } from "../../../core/foundation/aborted.ts"
import type { Connection } from "./connection.ts"
import { isGone, isRefusedForNow, isTransient, outcomeUnknown, type RequestKind, serviceError } from "./errors.ts"
import { Failure, failureOf, isObject } from "./failures.ts"

export interface ServerRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly body?: object | undefined
  /** Instead of `body`: lines of JSON, each with its end. */
  readonly lines?: string | undefined
}

export interface CallOptions<T> {
  readonly kind: RequestKind
  /** Whether doing it twice is harmless. Default: true for reads. */
  readonly isRepeatable?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** It cleans up, so that the end of all others does not end it. */
  readonly outlivesClose?: boolean | undefined
  /** The latest time of its end, by the monotonic clock. */
  readonly until?: number | undefined
  /** Whether a refusal that looks as if it were for now will stay. */
  readonly isFinal?: ((failure: Failure) => boolean) | undefined
  /** What the call resolves although the server refused it; the failure itself where it is one. */
  readonly recover?: ((failure: Failure) => T | Failure) | undefined
}

export interface RequestSettings {
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  readonly retries: number
}

const PAUSE_MS = 100
const MAX_PAUSE_MS = 2000
const MAJORS = ["8", "9"]

/** Requests to the cluster, each bounded in time. */
export class Requests {
  readonly #connection: Connection
  readonly #settings: RequestSettings
  /** Ends each request that is under way. */
  readonly #running = new Set<() => void>()
  #isOver = false
  /** The major version of the server, once it is known. */
  #major: Promise<string> | undefined

  constructor(connection: Connection, settings: RequestSettings) {
    this.#connection = connection
    this.#settings = settings
  }

  /**
   * A call, which is made again where that is harmless and may help, within its time.
   *
   * @throws ServiceError
   */
  async call<T>(request: ServerRequest, options: CallOptions<T>): Promise<T> {
    const { isRepeatable = options.kind === "read", kind, recover } = options
    const { clock, retries, timeoutMs } = this.#settings
    const end = Math.min(clock.monotonic() + timeoutMs, options.until ?? Number.POSITIVE_INFINITY)
    let gone: Failure | undefined
    for (let attempt = 0; ; attempt++) {
      const outcome = await tried(this.#once<T>(request, options, end - clock.monotonic()))
      if (!(outcome instanceof Failure)) return outcome.value
      const pause = this.pauseAfter(attempt)
      const isFinal = options.isFinal?.(outcome) ?? false
      const mayHelp = !isFinal && (isRepeatable ? isTransient(outcome) : isRefusedForNow(outcome))
      if (!mayHelp || attempt >= retries || clock.monotonic() + pause >= end || this.#isEnded(options)) {
        const recovered = outcome.kind === "answer" && recover !== undefined ? recover(outcome) : outcome
        if (!(recovered instanceof Failure)) return recovered
        if (kind === "write" && gone !== undefined) throw outcomeUnknown(gone.cause)
        throw serviceError(outcome, kind)
      }
      if (isGone(outcome)) gone = outcome
      await clock.sleep(pause, options.signal)
    }
  }

  /** @throws ServiceError INVALID_CONFIG where the server is no Elasticsearch, or one of another major version. */
  async check(): Promise<void> {
    await this.call({ method: "GET", path: "/" }, { kind: "read" })
  }

  /** Shorter by up to a half, so that clients do not return in step. */
  pauseAfter(attempt: number): number {
    return Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** attempt) * (1 - this.#settings.random() / 2)
  }

  sleep(ms: number, signal?: AbortSignal | undefined): Promise<void> {
    return this.#settings.clock.sleep(ms, signal)
  }

  get retries(): number {
    return this.#settings.retries
  }

  /** When a call that begins now is over, by the monotonic clock. */
  deadline(): number {
    return this.#settings.clock.monotonic() + this.#settings.timeoutMs
  }

  isOver(deadline: number): boolean {
    return this.#isOver || this.#settings.clock.monotonic() >= deadline
  }

  /** Ends what is under way: it rejects as if the connection were lost, and nothing but what cleans up is sent any more. */
  end(): void {
    this.#isOver = true
    for (const stop of this.#running) stop()
  }

  #isEnded({ outlivesClose = false }: { readonly outlivesClose?: boolean | undefined }): boolean {
    return this.#isOver && !outlivesClose
  }

  async #once<T>(request: ServerRequest, options: CallOptions<T>, ms: number): Promise<T> {
    const end = this.#settings.clock.monotonic() + ms
    const major = await this.#knownMajor(ms)
    return (await this.#send(request, major, options, end - this.#settings.clock.monotonic())) as T
  }

  #knownMajor(ms: number): Promise<string> {
    this.#major ??= this.#askMajor(ms).catch((error: unknown) => {
      this.#major = undefined
      throw error
    })
    return this.#major
  }

  async #askMajor(ms: number): Promise<string> {
    const outcome = await tried(this.#send({ method: "GET", path: "/" }, undefined, {}, ms))
    if (outcome instanceof Failure) {
      if (outcome.kind === "foreign") throw notElasticsearch(outcome.cause)
      throw outcome
    }
    const { version } = (outcome.value ?? {}) as { version?: { number?: unknown; distribution?: unknown } }
    if (typeof version?.number !== "string" || version.distribution !== undefined) throw notElasticsearch(undefined)
    const [major = ""] = version.number.split(".")
    if (!MAJORS.includes(major)) throw unknownMajor(major)
    return major
  }

  /** @throws Failure or ServiceError */
  async #send(
    request: ServerRequest,
    major: string | undefined,
    options: Pick<CallOptions<unknown>, "signal" | "outlivesClose">,
    ms: number,
  ): Promise<unknown> {
    const { signal } = options
    if (signal?.aborted) throw aborted(signal)
    if (this.#isEnded(options)) throw new Failure("unsent")
    const controller = new AbortController()
    let stop: (reason: unknown) => void = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = reject
    })
    const onClose = () => stop(new Failure("lost"))
    const endWait = onAbort(signal, () => stop(aborted(signal as AbortSignal)))
    const timer = this.#settings.clock.setTimeout(() => stop(new Failure("late")), Math.max(0, ms))
    if (options.outlivesClose !== true) this.#running.add(onClose)
    try {
      return await Promise.race([stopped, this.#transport(request, major, controller.signal)])
    } catch (error) {
      controller.abort()
      throw failureOf(error)
    } finally {
      timer.cancel()
      endWait()
      this.#running.delete(onClose)
    }
  }

  async #transport(request: ServerRequest, major: string | undefined, signal: AbortSignal): Promise<unknown> {
    const { body, lines, method, path, query } = request
    const { transport } = await this.#connection.open()
    const answer = await transport.request(
      {
        method,
        path,
        ...(query !== undefined && { querystring: query }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(lines !== undefined && { bulkBody: lines }),
      },
      // Our own deadline ends it by the signal.
      { signal, maxRetries: 0, headers: headersOf(request, major) },
    )
    if (!isObject(answer)) throw new Failure("foreign")
    return answer
  }
}

type Headers = Record<string, string>

const UNKNOWN: Headers = { accept: "application/json" }
const KNOWN = new Map(MAJORS.map((major) => [major, headersIn(major)]))

/** A client of any major version speaks that of the server. */
function headersOf({ body, lines }: ServerRequest, major = ""): Headers {
  const known = KNOWN.get(major)
  if (known === undefined) return UNKNOWN
  return lines !== undefined ? known.lines : body !== undefined ? known.body : known.none
}

function headersIn(major: string): Record<"none" | "body" | "lines", Headers> {
  const typeOf = (type: string) => `application/vnd.elasticsearch+${type}; compatible-with=${major}`
  const none = { accept: typeOf("json") }
  const withType = (type: string) => ({ ...none, "content-type": typeOf(type) })
  return { none, body: withType("json"), lines: withType("x-ndjson") }
}

/** What a request gives, or its failure. */
async function tried<T>(request: Promise<T>): Promise<{ readonly value: T } | Failure> {
  try {
    return { value: await request }
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function notElasticsearch(cause: unknown): ServiceError {
  return new ServiceError(
    "INVALID_CONFIG",
    "The server must be Elasticsearch, which says so in the header X-Elastic-Product; another one, or a proxy that drops the header, answered.",
    { cause },
  )
}

function unknownMajor(major: string): ServiceError {
  const shown = /^\d{1,3}$/.test(major) ? major : "another one"
  return new ServiceError(
    "INVALID_CONFIG",
    `The server must be Elasticsearch of version ${MAJORS.join(" or ")}; got ${shown}.`,
  )
}
