import type * as bullmq from "bullmq"
import { missingPeer } from "../../../core/foundation/missing-peer.ts"

/** What is used of BullMQ. */
type Bullmq = Pick<typeof bullmq, "createRedisBackend" | "RedisQueueBackend">

/** Loads BullMQ; it is not loaded before this is called. */
export async function loadBullmq(): Promise<Bullmq> {
  try {
    return await import("bullmq")
  } catch (error) {
    throw missingPeer("bullmq", error)
  }
}

/** BullMQ's scripts for one queue. */
export type Backend = InstanceType<Bullmq["RedisQueueBackend"]>
