import type { Readable } from "node:stream"
import type { S3Client } from "@aws-sdk/client-s3"
import type { Clock } from "../../../contracts/foundation/clock.ts"
import type { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import { aborted, outcomeUnknown } from "../../../core/storage/for-adapters.ts"
import type { S3Connection } from "./connection.ts"
import { isGone, isTransient, isUnexplained, type RequestKind, serviceError } from "./errors.ts"
import { Failure, failureOf } from "./failures.ts"
import type { Sdk } from "./library.ts"
import type { Outgoing } from "./outgoing.ts"
import { type Answer, type Course, prepare } from "./prepare.ts"

type Send = S3Client["send"]

/** What a request is made with. */
interface RequestTools {
  readonly s3: Sdk
  readonly send: Send
  /** The status and the headers that came last. */
  answer(): Answer
  /** The body that is sent, where it is no bytes. */
  readonly stream: Readable | undefined
}

/** Sends a command, and reads what it gives. */
export type Ask<T> = (tools: RequestTools) => Promise<T>

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined
  /** Until when the answer must be here, from now. Default: that of the storage. */
  readonly timeoutMs?: number | undefined
  /** A body that is sent. The time is then that in which it must move. */
  readonly body?: Outgoing | undefined
  /** Headers that the command has no member for. */
  readonly headers?: ((body: unknown) => Record<string, string>) | undefined
  /** The answer is an object, which may be a page. */
  readonly givesObject?: boolean | undefined
  /** It cleans up, so that the end of all others does not end it. */
  readonly outlivesClose?: boolean | undefined
}

export interface CallOptions<T> extends Omit<RequestOptions, "body"> {
  readonly kind: RequestKind
  /** The body of each request; the call is then not bounded as a whole. */
  readonly body?: (() => Outgoing) | undefined
  /** Requests in all. Default 3. */
  readonly attempts?: number | undefined
  /**
   * What the call resolves although the server refused it; it throws otherwise. `wasGone` says that an earlier request
   * had no answer, and may have been done.
   */
  readonly recover?: ((failure: Failure, wasGone: boolean) => T | Promise<T>) | undefined
}

export interface RequestSettings {
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
  /** Nobody said that the server is any other than AWS. */
  readonly onlyAws: boolean
  /** Stands before the name of every bucket on the server. */
  readonly bucketPrefix: string
}

const ATTEMPTS = 3
const PAUSE_MS = 50
const MAX_PAUSE_MS = 2000

/** Requests to the server, each bounded in time. */
export class Requests {
  readonly #connection: S3Connection
  readonly #settings: RequestSettings
  /** Ends each request that is under way. */
  readonly #running = new Set<() => void>()
  #isOver = false

  constructor(connection: S3Connection, settings: RequestSettings) {
    this.#connection = connection
    this.#settings = settings
  }

  /**
   * A call whose request may be made again: that is done where it may help, within the time of the call.
   *
   * @throws ServiceError
   */
  async call<T>(ask: Ask<T>, options: CallOptions<T>): Promise<T> {
    const { attempts = ATTEMPTS, body, kind, recover, timeoutMs = this.#settings.timeoutMs, ...request } = options
    const { clock } = this.#settings
    const end = clock.monotonic() + (body === undefined ? timeoutMs : Number.POSITIVE_INFINITY)
    let gone: Failure | undefined
    for (let attempt = 1; ; attempt++) {
      const offset = this.#connection.clockOffset
      const failure = await tried(this.once(ask, { ...request, body: body?.(), timeoutMs: end - clock.monotonic() }))
      if (!(failure instanceof Failure)) return failure.value
      const pause = this.pauseAfter(attempt)
      const isLast = attempt >= attempts || clock.monotonic() + pause >= end || (this.#isOver && !request.outlivesClose)
      // The SDK learned the time from the answer. HEAD does not tell that this is why it was refused.
      const isClockPutRight = isUnexplained(failure) && this.#connection.clockOffset !== offset
      if (!(isTransient(failure) || isClockPutRight) || isLast) {
        if (failure.kind === "answer" && recover !== undefined) return await recover(failure, gone !== undefined)
        throw this.#final(failure, kind, gone)
      }
      if (isGone(failure)) gone = failure
      await clock.sleep(pause, request.signal)
    }
  }

  /**
   * One request.
   *
   * @throws Failure or ServiceError
   */
  async once<T>(ask: Ask<T>, options: RequestOptions = {}): Promise<T> {
    const { body, outlivesClose = false, signal } = options
    if (signal?.aborted) throw aborted(signal)
    if (this.#isOver && !outlivesClose) throw new Failure("unsent")
    const controller = new AbortController()
    const course: Course = { isSent: false, status: 0 }
    let stop: (reason: unknown) => void = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = reject
    })
    const endWait = onAbort(signal, () => stop(aborted(signal as AbortSignal)))
    const onClose = () => stop(new Failure("lost"))
    const watch = this.#watch(options, () => stop(new Failure("late")))
    if (!outlivesClose) this.#running.add(onClose)
    body?.follow(watch.moved, stop)
    try {
      const value = await Promise.race([stopped, this.#ask(ask, options, course, controller.signal)])
      if (body?.isComplete === false) throw new Failure("foreign")
      body?.end(true)
      return value
    } catch (error) {
      const failure = failureOf(error, course.status)
      // First the body: it ends its connection so that the server takes it for no end of the body.
      body?.end(failure instanceof Failure && failure.kind === "answer")
      controller.abort()
      throw failure instanceof Failure && (!course.isSent || body?.isComplete === false) ? notWhole(failure) : failure
    } finally {
      watch.end()
      endWait()
      this.#running.delete(onClose)
    }
  }

  /** For how long the server may be at work on so many bytes of its own: a second more for every 10 MB. */
  timeoutFor(bytes: number): number {
    return this.#settings.timeoutMs + bytes / 10_000
  }

  /** The name of a bucket on the server. */
  stored(bucket: string): string {
    return this.#settings.bucketPrefix + bucket
  }

  /** Shorter by up to a half, so that clients do not return in step. */
  pauseAfter(attempt: number): number {
    return Math.min(MAX_PAUSE_MS, PAUSE_MS * 2 ** (attempt - 1)) * (1 - this.#settings.random() / 2)
  }

  sleep(ms: number, signal?: AbortSignal | undefined): Promise<void> {
    return this.#settings.clock.sleep(ms, signal)
  }

  /** @throws ServiceError UNAVAILABLE once all is ended. */
  refuseEnded(): void {
    if (this.#isOver) throw ended()
  }

  /** Rejects where all is ended meanwhile. */
  async unlessEnded<T>(work: Promise<T>): Promise<T> {
    let stop = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(ended())
    })
    this.#running.add(stop)
    try {
      return await Promise.race([work, stopped])
    } finally {
      this.#running.delete(stop)
    }
  }

  /** Ends what is under way: it rejects as if the connection were lost, and nothing but what cleans up is sent any more. */
  end(): void {
    this.#isOver = true
    for (const stop of this.#running) stop()
  }

  async #ask<T>(ask: Ask<T>, options: RequestOptions, course: Course, abortSignal: AbortSignal): Promise<T> {
    const { body, givesObject = false, headers } = options
    const { onlyAws } = this.#settings
    const { client, s3 } = await this.#connection.open()
    let answer: Answer = { status: 0, headers: {} }
    const send = (command: Parameters<Send>[0]) => {
      const onAnswer = (got: Answer) => {
        answer = got
      }
      prepare(command, { course, headers, givesObject, onlyAws, onAnswer })
      return client.send(command, { abortSignal })
    }
    return await ask({ s3, send: send as Send, answer: () => answer, stream: body?.stream })
  }

  #watch({ body, timeoutMs }: RequestOptions, onLate: () => void): { moved(): void; end(): void } {
    const { clock, idleTimeoutMs } = this.#settings
    const ms = body === undefined ? (timeoutMs ?? this.#settings.timeoutMs) : idleTimeoutMs
    let timer = clock.setTimeout(onLate, ms)
    return {
      moved() {
        timer.cancel()
        timer = clock.setTimeout(onLate, ms)
      },
      end: () => timer.cancel(),
    }
  }

  #final(failure: Failure, kind: RequestKind, gone: Failure | undefined): ServiceError {
    const error = serviceError(failure, kind)
    const isNoAnswer = error.code === "UNAVAILABLE" || failure.kind === "stuck"
    return kind === "write" && gone !== undefined && isNoAnswer ? outcomeUnknown(gone.cause) : error
  }
}

function ended(): ServiceError {
  return serviceError(new Failure("unsent"), "write")
}

/** What a request gives, or its failure. */
export async function tried<T>(request: Promise<T>): Promise<{ value: T } | Failure> {
  try {
    return { value: await request }
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** A request that never came whole is not done, so nothing is open. */
function notWhole(failure: Failure): Failure {
  const { cause, kind, system } = failure
  if (kind === "late") return new Failure("stuck", {}, cause)
  return kind === "lost" ? new Failure("unsent", { system }, cause) : failure
}
