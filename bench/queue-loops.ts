/** The loops that are timed, over any queue. Each checks that every message was handled once. */
import type { Measured, Timed } from "./suite.ts"

export const IN_FLIGHT = 50
/** So many messages wait at a time at most, where they are published all at once. */
const WAVE = 100_000

export interface Payload {
  id: number
  to: string
  subject: string
  body: string
}

/** 120 bytes as JSON. */
export function payloadOf(id: number): Payload {
  return { id, to: "ada.lovelace@example.test", subject: "Your order is on its way", body: "Thank you, see you." }
}

/** A queue with a handler, which runs so many at a time. */
export interface HandledQueue {
  publish(payload: Payload): unknown
  close?(): Promise<unknown>
}

/** Makes a queue whose handler calls `handled` with each payload. */
export type OpenHandled = (handled: (payload: Payload) => void) => HandledQueue | Promise<HandledQueue>

/** Publishes and handles: an operation is a message from its publish to the end of its handler. */
export async function handling(open: OpenHandled): Promise<Timed> {
  let left = 0
  let sum = 0
  let done: () => void = () => {}
  const queue = await open(({ id }) => {
    sum += id
    if (--left === 0) done()
  })
  return {
    async run(count) {
      for (let start = 0; start < count; start += WAVE) {
        const size = Math.min(WAVE, count - start)
        left = size
        sum = 0
        const all = new Promise<void>((resolve) => {
          done = resolve
        })
        const published = Array.from({ length: size }, (_, id) => queue.publish(payloadOf(id)))
        await Promise.all(published)
        await all
        if (sum !== (size * (size - 1)) / 2) throw new Error("a message was lost or handled twice")
      }
    },
    close: async () => void (await queue.close?.()),
  }
}

/** Messages that wait, and a call that has as many handled as are counted. */
export interface FilledQueue {
  drain(): Promise<void>
  close?(): Promise<unknown>
}

/** Messages that `drain` handles in a second of this process's processor; what `fill` does is not counted. */
export function draining(count: number, fill: (count: number) => Promise<FilledQueue>): Measured {
  return {
    async measure() {
      const queue = await fill(count)
      const start = process.cpuUsage()
      await queue.drain()
      const { system, user } = process.cpuUsage(start)
      await queue.close?.()
      return (count / (user + system)) * 1_000_000
    },
  }
}

/** Milliseconds from publish to the start of the handler, one message at a time: the middle of many. */
export async function latency(open: OpenHandled, count = 1000): Promise<Measured> {
  let started: (at: number) => void = () => {}
  const queue = await open(() => started(performance.now()))
  const once = async (id: number) => {
    const handled = new Promise<number>((resolve) => {
      started = resolve
    })
    const start = performance.now()
    await queue.publish(payloadOf(id))
    return (await handled) - start
  }
  for (let id = 0; id < 100; id++) await once(id)
  return {
    async measure() {
      const took: number[] = []
      for (let id = 0; id < count; id++) took.push(await once(id))
      took.sort((one, other) => one - other)
      return took[Math.floor(count / 2)] ?? Number.NaN
    },
    close: async () => void (await queue.close?.()),
  }
}
