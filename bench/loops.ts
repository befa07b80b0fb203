/** The loops that are timed, over any cache. Each checks what it reads. */
import type { Target, Timed } from "./suite.ts"

export const KEYS = Array.from({ length: 10_000 }, (_, index) => `user:${index}`)
const IN_FLIGHT = 50
export const BATCH = 100

export function userOf(index: number) {
  return { id: index, name: "Ada Lovelace", email: "ada@example.test", age: 36, active: true, score: 0.5 }
}

/** An order of 24 lines, 3.2 kB as JSON. */
export function orderOf(index: number) {
  const lines = Array.from({ length: 24 }, (_, line) => ({
    sku: `SKU-${1000 + line}`,
    name: `Article number ${line}`,
    quantity: line + 1,
    price: 19.99,
    taxed: true,
    options: ["red", "large"],
    note: null,
  }))
  const address = { street: "12 St James's Square", city: "London", zip: "SW1Y 4JH" }
  return { id: index, customer: { name: "Ada Lovelace", email: "ada@example.test", address }, lines, total: 5997 }
}

/** What a loop needs of a cache. */
export interface Measurable {
  get(key: string): Promise<unknown>
  set(key: string, value: object | string | number): Promise<unknown>
  close?(): Promise<unknown>
}

/** The same cache, read by way of another method. */
export function readBy(cache: Measurable, get: Measurable["get"]): Measurable {
  return { get, set: (key, value) => cache.set(key, value), close: async () => cache.close?.() }
}

export async function readingNumbers(cache: Measurable): Promise<Target> {
  for (const [index, key] of KEYS.entries()) await cache.set(key, index)
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % KEYS.length
        if ((await cache.get(KEYS[index] as string)) !== index) throw new Error("wrong value")
      }
    },
    close: async () => void (await cache.close?.()),
  }
}

export async function readingObjects(cache: Measurable): Promise<Target> {
  for (const [index, key] of KEYS.entries()) await cache.set(key, userOf(index))
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % KEYS.length
        const user = (await cache.get(KEYS[index] as string)) as { id: number }
        if (user.id !== index) throw new Error("wrong value")
      }
    },
    close: async () => void (await cache.close?.()),
  }
}

export async function writingObjects(cache: Measurable, objectOf: (index: number) => object = userOf): Promise<Target> {
  const objects = KEYS.map((_, index) => objectOf(index))
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % KEYS.length
        await cache.set(KEYS[index] as string, objects[index] as object)
      }
      const last = (await cache.get(KEYS[(count - 1) % KEYS.length] as string)) as { id: number }
      if (last.id !== (count - 1) % KEYS.length) throw new Error("wrong value")
    },
    close: async () => void (await cache.close?.()),
  }
}

/** Ten times as many keys as the cache holds, so that each set has to make room. */
export async function writingWhenFull(cache: Measurable): Promise<Target> {
  const keys = Array.from({ length: 10 * KEYS.length }, (_, index) => `user:${index}`)
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const index = step % keys.length
        await cache.set(keys[index] as string, index)
      }
      const last = (count - 1) % keys.length
      if ((await cache.get(keys[last] as string)) !== last) throw new Error("wrong value")
    },
    close: async () => void (await cache.close?.()),
  }
}

/** Of a cache on a server: filled first, then read by many callers. */
export async function readingObjectsInFlight(cache: Measurable): Promise<Target> {
  const filling = inFlight(
    async (index) => void (await cache.set(KEYS[index] as string, userOf(index))),
    async () => {},
  )
  await filling.run(KEYS.length)
  return inFlight(
    async (index) => {
      const user = (await cache.get(KEYS[index] as string)) as { id: number } | undefined
      if (user?.id !== index) throw new Error("wrong value")
    },
    async () => void (await cache.close?.()),
  )
}

/** Many callers at once, each waiting for its own answer. */
export function inFlight(one: (index: number) => Promise<void>, close: () => Promise<void>): Timed {
  return {
    async run(count) {
      let next = 0
      const caller = async () => {
        while (next < count) await one(next++ % KEYS.length)
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
    },
    close,
  }
}

export function inBatches(many: (keys: string[], first: number) => Promise<void>, close: () => Promise<void>): Target {
  return {
    async run(count) {
      for (let step = 0; step < count; step++) {
        const first = (step * BATCH) % KEYS.length
        await many(KEYS.slice(first, first + BATCH), first)
      }
    },
    close,
  }
}
