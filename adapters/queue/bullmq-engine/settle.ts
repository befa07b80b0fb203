import { match, P } from "ts-pattern"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { isTransient } from "../../../core/foundation/transient.ts"
import { isRefusal } from "../../kit/engines/redis/errors.ts"
import type { Backend } from "./library.ts"
import { lookScript } from "./scripts.ts"
import type { Store } from "./store.ts"
import type { FetchedJob } from "./stored-message.ts"

/** The pause before a command whose server is away is sent again. */
export const RETRY_MS = 250
/** The longest pause before a command that was refused is sent again. */
const REFUSED_MS = 2000

/** What a fetch gave. */
export interface Fetched {
  readonly job: FetchedJob | undefined
  /** How long the rate limit lets none start. */
  readonly limitedMs: number
  /** When the next delayed message is due; 0 where none is known. */
  readonly dueAt: number
}

const NOTHING: Fetched = { job: undefined, limitedMs: 0, dueAt: 0 }

/** As BullMQ's fetches answer: job, id, limit, due. */
export function readFetched(raw: unknown): Fetched {
  if (!Array.isArray(raw)) return NOTHING
  const [job, id, limitedMs, dueAt] = raw as [FetchedJob?, unknown?, unknown?, unknown?]
  if (!job) return { job: undefined, limitedMs: Number(limitedMs ?? 0), dueAt: Number(dueAt ?? 0) }
  job.id = String(id)
  return { job, limitedMs: 0, dueAt: 0 }
}

/** Keeps every record: what is over is dropped by `Upkeep`, which notes what is gone. */
const KEEP = { count: -1 }

/** How one message stands with one worker. */
export interface Holding {
  readonly job: FetchedJob
  readonly token: string
  readonly run: string
  readonly backend: Backend
  /** Of the queue's keys. */
  readonly base: string
  /** How long the message stays with a worker that does not renew its lock. */
  readonly leaseMs: number
}

/** What becomes of a message. */
export type Verdict =
  | { readonly kind: "completed"; readonly result: string | undefined }
  | { readonly kind: "delayed"; readonly delayMs: number; readonly fields: Fields; readonly counts: boolean }
  | { readonly kind: "dead"; readonly reason: string; readonly fields: Fields }

export type Fields = Readonly<Record<string, string | number>>

export interface Settled {
  /** Whether the store took it: else the message is no longer ours. */
  readonly accepted: boolean
  readonly next: Fetched | undefined
}

const REFUSED: Settled = { accepted: false, next: undefined }

/**
 * Records what became of a message, as often as it takes: an outage is waited out. Where an answer was lost the store is
 * asked what it has recorded. Rejects CLOSED where the connection is closed meanwhile. What the server refuses, or the
 * library, is tried for as long as the message stays with a worker, and told of once; then it rejects.
 */
export async function settle(store: Store, holding: Holding, verdict: Verdict, fetchNext: boolean): Promise<Settled> {
  let isUnknown = false
  const refusals = new Refusals(store, holding)
  for (;;) {
    try {
      return { accepted: true, next: readFetched(await record(holding, verdict, fetchNext)) }
    } catch (error) {
      const failure = failureOf(store, error)
      if (failure === "gone" && !isUnknown) return REFUSED
      if (failure === "gone") return { accepted: await isRecorded(store, holding, verdict), next: undefined }
      if (failure.code === "CLOSED") throw failure
      isUnknown ||= failure.code === "TIMEOUT"
      if (isTransient(failure) && !isRefusal(error)) await store.clock.sleep(RETRY_MS)
      else await refusals.wait(failure)
    }
  }
}

/** Commands that were refused while one outcome was recorded. */
class Refusals {
  readonly #store: Store
  readonly #holding: Holding
  #until: number | undefined
  #pauseMs = RETRY_MS

  constructor(store: Store, holding: Holding) {
    this.#store = store
    this.#holding = holding
  }

  /** The pause before the next try. Rejects where there is time for none. */
  async wait(failure: ServiceError): Promise<void> {
    const { clock, logger } = this.#store
    const { job, leaseMs } = this.#holding
    if (this.#until === undefined) {
      this.#until = clock.monotonic() + leaseMs
      logger.warn("An outcome cannot be recorded, and is tried again.", { id: job.id, error: failure })
    }
    if (clock.monotonic() >= this.#until) throw failure
    await clock.sleep(this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, REFUSED_MS)
  }
}

async function record({ backend, job, token }: Holding, verdict: Verdict, fetchNext: boolean): Promise<unknown> {
  const finished = job as Parameters<Backend["moveToCompleted"]>[0]
  if (verdict.kind === "completed") {
    // In an array, so that none is told from null.
    const result = verdict.result === undefined ? [] : [JSON.parse(verdict.result)]
    return (await backend.moveToCompleted(finished, result, KEEP, token, fetchNext)).result
  }
  if (verdict.kind === "dead") {
    return (await backend.moveToFailed(finished, verdict.reason, KEEP, token, fetchNext, verdict.fields)).result
  }
  const options = { skipAttempt: !verdict.counts, fieldsToUpdate: verdict.fields, fetchNext }
  return backend.moveToDelayed(job.id, Date.now(), Math.ceil(verdict.delayMs), token, options)
}

async function isRecorded(store: Store, { base, job, run }: Holding, verdict: Verdict): Promise<boolean> {
  const [field, value] = (verdict.kind === "completed" ? [] : Object.entries(verdict.fields))[0] ?? ["", ""]
  const names = [base + job.id, `${base}completed`]
  const found = await persist(store, () => store.redis.run(lookScript, names, job.id, run, field, String(value)))
  return found === 1
}

/** Runs what can be run again, as often as it takes while the store is away. Rejects all other errors. */
export async function persist<T>(store: Store, run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      const failure = failureOf(store, error)
      if (!isTransient(failure)) throw error
      await store.clock.sleep(RETRY_MS)
    }
  }
}

/** What BullMQ's scripts fail with by number, and what the connection does. */
function failureOf(store: Store, error: unknown): "gone" | ServiceError {
  return match(error)
    .with({ code: P.union(-1, -2, -3, -6) }, () => "gone" as const)
    .otherwise((other) => (ServiceError.is(other) ? other : store.connection.mapError(other)))
}
