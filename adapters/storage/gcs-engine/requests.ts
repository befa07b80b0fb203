import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import { aborted, protocolBroken } from "../../../core/storage/for-adapters.ts"
import type { Access } from "./access.ts"
import { isRateLimit, leftOpen, lineError, readRefusal, refusalError, setbackError, unanswered } from "./errors.ts"
import { LineFailure, type WireAnswer, type WireBody } from "./exchange.ts"
import type { Wire } from "./wire.ts"

export interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Made anew for each attempt. */
  readonly body?: (() => WireBody) | undefined
  /** `read` changes nothing. `write` can be sent again. `once` cannot. */
  readonly kind: "read" | "write" | "once"
  /** Statuses other than 2xx that are an answer. */
  readonly expected?: readonly number[] | undefined
  /** Such an answer need not have the form of an API. */
  readonly anyForm?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** The server moves bytes before it answers, or is sent many: the answer may take as long as a body may be idle. */
  readonly isSlow?: boolean | undefined
  readonly attempts?: number | undefined
  /** Sent also while the storage closes. */
  readonly isFarewell?: boolean | undefined
}

export interface Reply {
  readonly status: number
  /** Of a status that was expected. */
  readonly word: string | undefined
  readonly text: string
  header(name: string): string | undefined
  /** Whether it was asked for before, and that may have been carried out. */
  readonly isRepeated: boolean
}

/** How an attempt ended from which another one may save. */
interface Setback {
  readonly error: ServiceError
  /** Whether it may have been carried out, or be yet. */
  readonly isDoubtful: boolean
  /** What the server asks for. */
  readonly pauseMs: number
  /** Whether all the time of the request went by. */
  readonly isSilence?: boolean
}

export interface Times {
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
}

const ATTEMPTS = 5
const FIRST_PAUSE_MS = 50
/** Of an answer that is read at once. A list of 1,000 objects with all their metadata has less. */
const MAX_ANSWER_BYTES = 2 ** 26

/** Statuses that may not come again, and with which nothing was carried out. */
const NOT_YET: ReadonlySet<number> = new Set([429, 503])
/** Statuses of a server, or of one before it, that does not know what came of the request. */
const UNKNOWN: ReadonlySet<number> = new Set([408, 500, 502, 504])

/** Requests to one server, each let in by its token, bounded in time, and sent again where that is right. */
export class Requests {
  readonly #wire: Wire
  readonly #access: Access
  readonly #clock: Clock
  readonly #random: () => number
  readonly #times: Times

  constructor(wire: Wire, access: Access, times: Times, clock: Clock, random: () => number) {
    this.#wire = wire
    this.#access = access
    this.#times = times
    this.#clock = clock
    this.#random = random
  }

  /** Sends until there is an answer. */
  send(ask: Ask): Promise<Reply> {
    return this.#repeat(ask, async (left, isRepeated) => {
      const answer = await this.#begin(ask, left)
      const text = await textOf(answer)
      const reply = { status: answer.status, text, header: answer.header, isRepeated, word: undefined }
      return this.#judge(ask, reply)
    })
  }

  /**
   * Sends until there is an answer whose bytes can be read, and reads its beginning: what `read` rejects with a
   * LineFailure is asked for again.
   */
  open<T>(ask: Ask, read: (answer: WireAnswer) => Promise<T>): Promise<T | Reply> {
    return this.#repeat(ask, async (left, isRepeated) => {
      const answer = await this.#begin(ask, left)
      if (answer.status === 200 || answer.status === 206) return read(answer)
      const text = await textOf(answer)
      return this.#judge(ask, { status: answer.status, text, header: answer.header, isRepeated, word: undefined })
    })
  }

  async #repeat<T>(ask: Ask, attempt: (leftMs: number, isRepeated: boolean) => Promise<T | Setback>): Promise<T> {
    const { attempts = ATTEMPTS, kind, signal } = ask
    const start = this.#clock.monotonic()
    const waitMs = ask.isSlow ? this.#times.idleTimeoutMs : this.#times.timeoutMs
    const left = () => (ask.isSlow ? waitMs : waitMs - (this.#clock.monotonic() - start))
    let isDoubtful = false
    for (let count = 1; ; count++) {
      const outcome: T | Setback = await attempt(left(), isDoubtful).catch((error: unknown) => {
        if (error instanceof LineFailure) return setbackOf(error, waitMs)
        throw isDoubtful ? leftOpen(error) : error
      })
      if (!isSetback(outcome)) return outcome
      isDoubtful ||= outcome.isDoubtful && kind !== "read"
      const pause = Math.max(outcome.pauseMs, this.#pauseMs(count))
      if (kind === "once" || count === attempts || outcome.isSilence || pause >= left()) {
        throw isDoubtful ? unanswered(outcome.error) : outcome.error
      }
      await this.#sleep(pause, signal)
    }
  }

  async #begin(ask: Ask, leftMs: number): Promise<WireAnswer> {
    const { body, headers, isFarewell, method, path, signal } = ask
    const own = await this.#access.headers(leftMs, signal)
    const query = queryOf(ask.query)
    return this.#wire.send({
      method,
      path: query === "" ? path : `${path}?${query}`,
      headers: { ...own, ...headers },
      body: body?.(),
      ...{ isFarewell, signal },
      waitMs: Math.max(1, leftMs),
    })
  }

  /** What a status means. @throws ServiceError for one that is no answer. */
  #judge({ anyForm = false, expected = [] }: Ask, reply: Reply): Reply | Setback {
    const { status, text } = reply
    if (status >= 200 && status < 300) return reply
    const refusal = readRefusal(status, text)
    if (NOT_YET.has(status) || UNKNOWN.has(status) || isRateLimit(refusal)) {
      const pauseMs = Number(reply.header("retry-after")) * 1000 || 0
      return { error: setbackError(status), isDoubtful: UNKNOWN.has(status), pauseMs }
    }
    if (expected.includes(status) && (anyForm || refusal !== undefined)) return { ...reply, word: refusal?.word }
    throw refusal === undefined ? protocolBroken() : refusalError(refusal)
  }

  /** Waits as it is right after so many failures. */
  pause(failures: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#sleep(this.#pauseMs(failures), signal)
  }

  #pauseMs(failures: number): number {
    return FIRST_PAUSE_MS * 2 ** (failures - 1) * (0.5 + this.#random() / 2)
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#clock.sleep(ms, signal)
    } catch (error) {
      throw signal?.aborted ? aborted(signal) : error
    }
  }
}

function setbackOf(error: LineFailure, waitMs: number): Setback {
  const { isSent, isSilence } = error
  return { error: lineError(error, waitMs), isDoubtful: isSent, pauseMs: 0, isSilence }
}

function isSetback(outcome: unknown): outcome is Setback {
  return typeof outcome === "object" && outcome !== null && "isDoubtful" in outcome
}

async function textOf(answer: WireAnswer): Promise<string> {
  return new TextDecoder().decode(await answer.bytes(MAX_ANSWER_BYTES))
}

function queryOf(query: Ask["query"] = {}): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === "" ? name : `${encode(name)}=${encode(String(value))}`))
    .join("&")
}

/** A part of a URL; everything but letters, digits, `-`, `.`, `_` and `~` is percent-encoded, as signatures need it. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
