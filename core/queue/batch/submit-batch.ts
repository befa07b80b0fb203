import { type Clock, systemClock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { priorityOption } from "../task/priority.ts"
import { BatchTally } from "./batch-tally.ts"
import { type BatchPlan, type BatchProgress, type BatchTask, planBatch } from "./batch-task.ts"
import type { BatchItemResult } from "./chunk.ts"
import { Feed } from "./progress-feed.ts"

/** Where the events of a queue are heard: the EventEmitter that `createServices` was given. */
export interface EventSource {
  on(name: "queue.task.completed" | "queue.task.dead", listener: (event: { id: string }) => void): unknown
  off(name: "queue.task.completed" | "queue.task.dead", listener: (event: { id: string }) => void): unknown
}

export interface SubmitBatchOptions {
  clock?: Clock | undefined
  /** Tells of chunks that workers of this process finish, so that they are looked at at once. */
  events?: EventSource | undefined
  /** Text that reaches the handlers of the chunks. */
  metadata?: Readonly<Record<string, string>> | undefined
  /** Ends the watch, and not the batch: `result` rejects ABORTED. Submitting the batch again goes on with it. */
  signal?: AbortSignal | undefined
}

/** A batch that is over. */
export interface BatchResult<Value = unknown> extends BatchProgress {
  /** What came of each item, in the order of the items. */
  results: BatchItemResult<Value>[]
}

/** A batch that was submitted. */
export interface Batch<Value = unknown> {
  readonly id: string
  /** How far it is now, and then each change; the last one is that of the end. Throws what `result` rejects with. */
  progress(): AsyncIterable<BatchProgress>
  /** Resolves when the batch is over, whatever came of its items. Rejects where the queue can tell no more. */
  result(): Promise<BatchResult<Value>>
  /** Starts nothing more; what runs is waited for. */
  cancel(): Promise<BatchResult<Value>>
}

/** Chunks that are published and not known to be over: far fewer than a queue keeps of those that are. */
const MAX_OPEN = 100
const FIRST_LOOK_MS = 20
const LAST_LOOK_MS = 1000

/**
 * Publishes the items of a batch in chunks, and follows them until all are over, wherever they are worked.
 *
 * Each chunk has an idempotency key of the batch's id and its place, so the same batch submitted again, by another
 * process too, goes on where it was left: within 24 hours no chunk is published twice. What became of a chunk is read
 * from its record, at first after 20 ms and then less and less often, down to once a second. An outage is waited out.
 *
 * @throws Rejects INVALID_ARGUMENT with paths, LIMIT_EXCEEDED for chunks larger than a payload, UNSUPPORTED without
 *   `management`, and what the first publish rejects with. Nothing of the batch is lost then: submit it again.
 * @example
 * const batch = await submitBatch<string>(queue, { id: "import:7", type: "import_row", items: rows })
 * for await (const { percentage } of batch.progress()) console.log(percentage)
 * const { failed, results } = await batch.result()
 */
export async function submitBatch<Value = unknown>(
  queue: Queue,
  task: BatchTask,
  options: SubmitBatchOptions = {},
): Promise<Batch<Value>> {
  const run = new BatchRun(queue, planBatch(task, queue), options)
  await run.begin()
  return {
    id: task.id,
    progress: () => run.progress(),
    result: () => run.outcome as Promise<BatchResult<Value>>,
    cancel: () => run.cancel() as Promise<BatchResult<Value>>,
  }
}

class BatchRun {
  /** Never left without a catch: who does not ask for the result is told nothing. */
  outcome: Promise<BatchResult> = new Promise(() => {})
  readonly #queue: Queue
  readonly #plan: BatchPlan
  readonly #options: SubmitBatchOptions
  readonly #clock: Clock
  readonly #tally: BatchTally
  readonly #feed: Feed<BatchProgress>
  /** The ids of chunks that are published and not known to be over, by the place of the chunk. */
  readonly #open = new Map<number, string>()
  #next = 0
  /** Places of chunks that may be cancelled although the answer was lost. */
  readonly #cancelling = new Set<number>()
  #cancelled = false
  /** Something happened that is to be looked at without waiting. */
  #isWoken = false
  #endWait: () => void = () => {}

  constructor(queue: Queue, plan: BatchPlan, options: SubmitBatchOptions) {
    this.#queue = queue
    this.#plan = plan
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#tally = new BatchTally(plan)
    this.#feed = new Feed(this.#tally.progress("pending"))
  }

  async begin(): Promise<void> {
    this.#throwIfAborted()
    await this.#publish()
    this.outcome = this.#follow()
    this.outcome.catch(() => {})
  }

  async *progress(): AsyncGenerator<BatchProgress, void, undefined> {
    yield* this.#feed.read()
    await this.outcome
  }

  cancel(): Promise<BatchResult> {
    this.#cancelled = true
    this.#wake()
    return this.outcome
  }

  get #isStopped(): boolean {
    return this.#cancelled || (this.#plan.stopOnError && this.#tally.failed > 0)
  }

  get #isOver(): boolean {
    return this.#open.size === 0 && (this.#isStopped || this.#next === this.#plan.chunks.length)
  }

  async #follow(): Promise<BatchResult> {
    const { events, signal } = this.#options
    const hear = ({ id }: { id: string }) => {
      if ([...this.#open.values()].includes(id)) this.#wake()
    }
    const wake = () => this.#wake()
    events?.on("queue.task.completed", hear)
    events?.on("queue.task.dead", hear)
    signal?.addEventListener("abort", wake)
    try {
      for (let waitMs = FIRST_LOOK_MS; !this.#isOver; ) {
        this.#throwIfAborted()
        const before = `${this.#open.size} of ${this.#next}`
        await this.#throughOutage(() => this.#step())
        if (this.#isOver) break
        if (before !== `${this.#open.size} of ${this.#next}`) waitMs = FIRST_LOOK_MS
        await this.#wait(waitMs)
        waitMs = Math.min(LAST_LOOK_MS, waitMs * 1.5)
      }
      return this.#end()
    } finally {
      events?.off("queue.task.completed", hear)
      events?.off("queue.task.dead", hear)
      signal?.removeEventListener("abort", wake)
      this.#feed.end()
    }
  }

  async #step(): Promise<void> {
    await this.#look([...this.#open.keys()])
    if (this.#isStopped) await this.#cancelOpen()
    else await this.#publish()
  }

  /** Fills what may be open. */
  async #publish(): Promise<void> {
    const { chunks, parallel, stopOnError } = this.#plan
    const most = parallel ? MAX_OPEN : 1
    while (!this.#isStopped && this.#open.size < most && this.#next < chunks.length) {
      // Where the batch was stopped before, a chunk that failed must be seen before those behind it start.
      const count = stopOnError ? 1 : Math.min(most - this.#open.size, chunks.length - this.#next)
      const places = Array.from({ length: count }, (_, index) => this.#next + index)
      const ids = await this.#queue.publishMany(
        this.#plan.queue,
        places.map((place) => this.#item(place)),
      )
      for (const [index, place] of places.entries()) this.#open.set(place, ids[index] as string)
      this.#next += count
      if (stopOnError) await this.#look(places)
    }
  }

  #item(place: number) {
    const { chunks, id, priority, type } = this.#plan
    const metadata = { ...this.#options.metadata, batchId: id }
    const options = { type, idempotencyKey: `batch:${id}:${place}`, metadata, ...priorityOption(priority) }
    return { data: JSON.parse(chunks[place] as string) as unknown, options }
  }

  async #look(places: readonly number[]): Promise<void> {
    const looks = places.map(async (place) => {
      const record = await this.#queue.getTask(this.#plan.queue, this.#open.get(place) as string)
      const isCancelled = record === undefined && this.#cancelling.has(place)
      if (isCancelled || this.#tally.count(place, record)) this.#open.delete(place)
    })
    const failed = (await Promise.allSettled(looks)).find((look) => look.status === "rejected")
    this.#tell(this.#tally.progress("pending"))
    if (failed !== undefined) throw failed.reason
  }

  async #cancelOpen(): Promise<void> {
    for (const [place, id] of this.#open) {
      this.#cancelling.add(place)
      if (await this.#queue.cancel(this.#plan.queue, id)) this.#open.delete(place)
      else this.#cancelling.delete(place)
    }
  }

  /** Runs a step that can be repeated; where the store is away, or late, the next look repeats it. */
  async #throughOutage(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (!ServiceError.is(error) || !error.retryable) throw error
    }
  }

  async #wait(ms: number): Promise<void> {
    const waiting = new AbortController()
    this.#endWait = () => waiting.abort()
    if (!this.#isWoken) await this.#clock.sleep(ms, waiting.signal).catch(() => {})
    this.#isWoken = false
  }

  #wake(): void {
    this.#isWoken = true
    this.#endWait()
  }

  #throwIfAborted(): void {
    const { signal } = this.#options
    if (signal?.aborted) {
      throw new ServiceError("ABORTED", "The watch of this batch was aborted; the batch goes on.", {
        service: "queue",
        cause: signal.reason,
      })
    }
  }

  #tell(progress: BatchProgress): void {
    const { latest } = this.#feed
    if (JSON.stringify(progress) === JSON.stringify(latest)) return
    this.#feed.set(progress)
    const { onProgress } = this.#plan
    if (onProgress === undefined) return
    // The fault of a listener is not one of the batch.
    Promise.resolve(progress)
      .then(onProgress)
      .catch(() => {})
  }

  #end(): BatchResult {
    const { results } = this.#tally
    const isWhole = this.#next === this.#plan.chunks.length && results.every(({ status }) => status !== "cancelled")
    const isFailed = this.#plan.stopOnError && this.#tally.failed > 0
    const status = isFailed ? "failed" : isWhole ? "completed" : "cancelled"
    const progress = this.#tally.progress(status, this.#clock.now())
    this.#tell(progress)
    return { ...progress, results }
  }
}
