import { QUEUE_KNOWN_IDS } from "../../../contracts/queue/arguments.ts"
import { trimScript } from "./manage-scripts.ts"
import { runScript, type Store } from "./store.ts"

/** Records dropped in one step. */
export const TRIM_STEP = 500

/**
 * Drops records of what is done, one step of them, and keeps their ids a while longer.
 *
 * @param key Completed or failed.
 * @param until A score, `(` before it leaves it out.
 * @param most How many of the latest stay.
 * @returns How many were dropped; fewer than `TRIM_STEP` where there are no more.
 */
export async function trim(store: Store, queue: string, key: string, until: string, most: number): Promise<number> {
  const knownSince = Math.floor(store.clock.now() - QUEUE_KNOWN_IDS.ms)
  const args = [until, most, TRIM_STEP, knownSince, QUEUE_KNOWN_IDS.count].map(String)
  return Number(await runScript(store, queue, trimScript, [key], ...args))
}
