import { createClient } from "@redis/client"
import { Redis } from "ioredis"
import { onTestFinished } from "vitest"
import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Queue } from "../../../contracts/queue/queue.ts"
import { type BullmqQueueOptions, createBullmqQueue } from "../bullmq.ts"

/** Each way to the server. */
export const WAYS = ["redis", "ioredis", "client of redis", "client of ioredis"] as const
export type Way = (typeof WAYS)[number]

/** The ways whose client library is the same take the same steps: where that is enough. */
export const LIBRARIES = ["redis", "ioredis"] as const

let count = 0

export interface Heard {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Events that were announced. */
export class Ears {
  readonly heard: Heard[] = []

  emit(name: string, payload: unknown): void {
    this.heard.push({ name, payload: payload as Heard["payload"] })
  }

  named(name: string): Heard["payload"][] {
    return this.heard.filter((event) => event.name === name).map(({ payload }) => payload)
  }
}

/** The prefix of no other queue of this run. */
export function freshPrefix(): string {
  return `test-${process.pid}-${count++}`
}

/** A queue that is closed at the end of its test. */
export async function openQueue(
  way: Way,
  port: number,
  options: BullmqQueueOptions = {},
  context: Partial<AdapterContext> = {},
): Promise<Queue> {
  const queue = createBullmqQueue(
    { shutdownTimeoutMs: 0, keyPrefix: freshPrefix(), ...(await reaching(way, port)), ...options },
    context,
  )
  onTestFinished(() => queue.close())
  return queue
}

async function reaching(way: Way, port: number): Promise<BullmqQueueOptions> {
  if (way === "redis" || way === "ioredis") return { port, library: way }
  if (way === "client of ioredis") {
    const client = new Redis(port, { enableOfflineQueue: false, autoResendUnfulfilledCommands: false })
    client.on("error", () => {})
    onTestFinished(() => client.disconnect())
    return { client }
  }
  const client = createClient({ socket: { port }, disableOfflineQueue: true })
  client.on("error", () => {})
  await client.connect()
  onTestFinished(() => {
    if (client.isOpen) client.destroy()
  })
  return { client }
}
