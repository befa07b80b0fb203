import type { Clock } from "../../../contracts/foundation/clock.ts"
import { isTransient } from "../../foundation/transient.ts"

/** What taking turns needs of a cache. */
export interface TurnCache {
  readonly clock: Clock
  readonly random: () => number
  get(key: string): Promise<unknown>
  has(key: string): Promise<boolean>
}

export type TakeLease = (key: string, ttlMs: number) => Promise<string | undefined>

/**
 * Whose turn it is to load: ours, for as long as the lease holds; or another process had it, and this is its value;
 * or nobody can tell, and we load without storing.
 */
export type Turn =
  | { readonly kind: "ours"; readonly lease: string; readonly endsAt: number }
  | { readonly kind: "loaded"; readonly value: unknown }
  | { readonly kind: "unknown" }

const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 250

/**
 * Takes the lease of an absent key, or waits for the value of the process that has it. Whoever dies while loading
 * delays the others until the lease ends.
 */
export async function takeTurn(
  cache: TurnCache,
  lease: TakeLease,
  { key, leaseMs, signal }: { key: string; leaseMs: number; signal: AbortSignal },
): Promise<Turn> {
  const { clock, random } = cache
  const giveUpAt = clock.monotonic() + leaseMs
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
      const endsAt = clock.monotonic() + leaseMs
      const token = await lease(key, leaseMs)
      if (token !== undefined) return { kind: "ours", lease: token, endsAt }
      // has does not count as a miss, as a get would each time.
      const value = (await cache.has(key)) ? await cache.get(key) : undefined
      if (value !== undefined) return { kind: "loaded", value }
      if (clock.monotonic() >= giveUpAt) return { kind: "unknown" }
      await clock.sleep(pause * (0.5 + random()), signal)
    }
  } catch (error) {
    if (isTransient(error)) return { kind: "unknown" }
    throw error
  }
}
