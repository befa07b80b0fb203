import { type ErrorCode, ServiceError } from "../../contracts/foundation/errors.ts"
import { firstLine } from "../command.ts"
import type { Place } from "./place.ts"
import { type ListName, listTrials, type TrialName, trials } from "./trials.ts"
import { Unkept } from "./unkept.ts"

/** What a store keeps. */
export type Found = Record<TrialName, boolean> & Record<ListName, string[]>

/** Why it cannot be found out. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

/**
 * Tries all that the storage claims to keep. Where the store itself cannot be used, it gives the reason.
 *
 * @throws What the signal of the place aborted for. An outcome that came after it tells nothing of the store.
 */
export async function tryAll(place: Place): Promise<Found | Failure> {
  const before = await reasonAgainst(place, () => canStore(place))
  if (before !== undefined) return failure("The storage cannot be tried", before)
  const found: Partial<Record<TrialName | ListName, boolean | string[]>> = {}
  for (const [name, trial] of Object.entries(trials) as [TrialName, (place: Place) => Promise<void>][]) {
    found[name] = await isKept(place, name, () => trial(place))
  }
  for (const [name, trial] of Object.entries(listTrials) as [
    ListName,
    (place: Place, each: string) => Promise<void>,
  ][]) {
    const kept: string[] = []
    for (const each of place.storage.capabilities[name]) {
      if (await isKept(place, `${name} ${each}`, () => trial(place, each))) kept.push(each)
    }
    found[name] = kept
  }
  // A store that went away meanwhile would seem to keep little.
  const after = await reasonAgainst(place, () => canStore(place))
  return after === undefined ? (found as Found) : failure("The storage went away", after)
}

function failure(what: string, { code, message }: Failure): Failure {
  return { code, message: `${what}: ${message}` }
}

async function canStore(place: Place): Promise<void> {
  const key = place.key("plain")
  await place.put(key, "one")
  await place.holds(key, "one")
}

async function isKept(place: Place, what: string, trial: () => Promise<void>): Promise<boolean> {
  const reason = await reasonAgainst(place, trial)
  console.error(`${what}: ${reason === undefined ? "yes" : `no, ${reason.message}`}`)
  return reason === undefined
}

/** Why something did not work, in words without a name or a value. */
async function reasonAgainst(place: Place, work: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await work()
    place.signal.throwIfAborted()
    return undefined
  } catch (error) {
    place.signal.throwIfAborted()
    if (error instanceof Unkept) return { code: "CORRUPT", message: error.message }
    if (ServiceError.is(error)) return { code: error.code, message: `${error.code}: ${firstLine(error.message)}` }
    return { code: "INTERNAL", message: error instanceof Error ? error.name : "an error of somebody else" }
  }
}
