/** The memory queue by its public type against a list: messages come in the order that the contract says. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createManualClock, type ManualClock } from "../../contracts/foundation/clock.ts"
import type { Queue } from "../../contracts/queue/queue.ts"
import { createMemoryQueue } from "./memory.ts"

/** `CONFORMANCE_SEED=…` replays a failure. */
const seed = Number(process.env["CONFORMANCE_SEED"] ?? Date.now() % 2 ** 31)

interface Entry {
  readonly id: string
  readonly number: number
  readonly priority: number
  readonly dueAt: number
  readonly key: string | undefined
}

/** A queue in the plainest way: nobody has taken anything yet. */
class Model {
  entries: Entry[] = []
  readonly keys = new Map<string, { id: string; until: number }>()
  handled: number[] = []
  nowMs = 0
  published = 0

  get due(): Entry[] {
    const order = (a: Entry, b: Entry) => a.priority - b.priority || a.dueAt - b.dueAt || a.number - b.number
    return this.entries.filter(({ dueAt }) => dueAt <= this.nowMs).sort(order)
  }

  idOf(key: string | undefined): string | undefined {
    const known = key === undefined ? undefined : this.keys.get(key)
    return known !== undefined && known.until > this.nowMs ? known.id : undefined
  }

  remove(gone: readonly Entry[]): void {
    this.entries = this.entries.filter((entry) => !gone.includes(entry))
    for (const { id, key } of gone) if (key !== undefined && this.keys.get(key)?.id === id) this.keys.delete(key)
  }
}

interface Real {
  readonly queue: Queue
  readonly clock: ManualClock
}

class Command implements fc.AsyncCommand<Model, Real> {
  readonly #name: string
  readonly #run: (model: Model, real: Real) => Promise<void>

  constructor(name: string, run: (model: Model, real: Real) => Promise<void>) {
    this.#name = name
    this.#run = run
  }

  check(): boolean {
    return true
  }

  /** After each call, both count the same. */
  async run(model: Model, real: Real): Promise<void> {
    await this.#run(model, real)
    const waiting = model.due.length
    const expected = { waiting, delayed: model.entries.length - waiting, active: 0, completed: model.handled.length }
    expect(await real.queue.getQueueStats("q")).toMatchObject(expected)
  }

  toString(): string {
    return this.#name
  }
}

const options = fc.record(
  {
    priority: fc.integer({ min: 0, max: 4 }),
    delay: fc.integer({ min: 1, max: 30 }),
    idempotencyKey: fc.constantFrom("a", "b"),
  },
  { requiredKeys: [] },
)

const WINDOW_MS = 40

const commands = [
  options.map(
    ({ delay = 0, idempotencyKey: key, priority = 2 }) =>
      new Command(`publish(${priority}, ${delay}, ${key})`, async (model, { queue }) => {
        const number = model.published++
        const keys = key === undefined ? {} : { idempotencyKey: key, idempotencyWindowMs: WINDOW_MS }
        const id = await queue.publish("q", number, { delay, priority, ...keys })
        const known = model.idOf(key)
        if (known !== undefined) return expect(id).toBe(known)
        model.entries.push({ id, number, priority, dueAt: model.nowMs + delay, key })
        if (key !== undefined) model.keys.set(key, { id, until: model.nowMs + WINDOW_MS })
      }),
  ),
  fc.nat().map(
    (at) =>
      new Command(`cancel(${at})`, async (model, { queue }) => {
        const entry = model.entries[at % Math.max(1, model.entries.length)]
        expect(await queue.cancel("q", entry?.id ?? "none")).toBe(entry !== undefined)
        if (entry !== undefined) model.remove([entry])
      }),
  ),
  fc.constant(
    new Command("purge()", async (model, { queue }) => {
      expect(await queue.purge("q")).toBe(model.entries.length)
      model.remove(model.entries)
    }),
  ),
  fc.integer({ min: 0, max: 40 }).map(
    (ms) =>
      new Command(`advance(${ms})`, async (model, { clock }) => {
        clock.adjust(ms % 3 === 0 ? -5 : 7)
        await clock.advance(ms)
        model.nowMs += ms
      }),
  ),
  fc.constant(
    new Command("handle what is due", async (model, { queue }) => {
      const seen: unknown[] = []
      await queue.subscribe("q", ({ data }) => void seen.push(data))
      await queue.whenIdle("q")
      await queue.unsubscribe("q")
      const { due } = model
      expect(seen).toEqual(due.map(({ number }) => number))
      model.entries = model.entries.filter((entry) => !due.includes(entry))
      model.handled.push(...due.map(({ number }) => number))
    }),
  ),
]

describe(`the memory queue delivers as a list would (seed ${seed})`, () => {
  it("by priority, due time and publish", async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: "max" }), async (calls) => {
        const clock = createManualClock()
        const queue = createMemoryQueue({}, { clock })
        await fc.asyncModelRun(() => ({ model: new Model(), real: { queue, clock } }), calls)
        await queue.close()
      }),
      { seed, numRuns: 100 },
    )
  })
})
