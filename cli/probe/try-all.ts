import { ServiceError } from "../../contracts/foundation/errors.ts"
import { firstLine } from "../command.ts"
import type { Place } from "./place.ts"
import { type ListName, listTrials, type TrialName, trials } from "./trials.ts"
import { Unkept } from "./unkept.ts"

/** What a store keeps. */
export type Found = Record<TrialName, boolean> & Record<ListName, string[]>

/** Tries all that the storage claims to keep. Where the store itself cannot be used, it gives the reason. */
export async function tryAll(place: Place): Promise<Found | string> {
  const before = await reasonAgainst(() => canStore(place))
  if (before !== undefined) return `The storage cannot be tried: ${before}`
  const found: Partial<Record<TrialName | ListName, boolean | string[]>> = {}
  for (const [name, trial] of Object.entries(trials) as [TrialName, (place: Place) => Promise<void>][]) {
    found[name] = await isKept(name, () => trial(place))
  }
  for (const [name, trial] of Object.entries(listTrials) as [
    ListName,
    (place: Place, each: string) => Promise<void>,
  ][]) {
    const kept: string[] = []
    for (const each of place.storage.capabilities[name]) {
      if (await isKept(`${name} ${each}`, () => trial(place, each))) kept.push(each)
    }
    found[name] = kept
  }
  // A store that went away meanwhile would seem to keep little.
  const after = await reasonAgainst(() => canStore(place))
  return after === undefined ? (found as Found) : `The storage went away: ${after}`
}

async function canStore(place: Place): Promise<void> {
  const key = place.key("plain")
  await place.put(key, "one")
  await place.holds(key, "one")
}

async function isKept(what: string, trial: () => Promise<void>): Promise<boolean> {
  const reason = await reasonAgainst(trial)
  console.error(`${what}: ${reason === undefined ? "yes" : `no, ${reason}`}`)
  return reason === undefined
}

/** Why something did not work, in words without a name or a value. */
async function reasonAgainst(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Unkept) return error.message
    if (ServiceError.is(error)) return `${error.code}: ${firstLine(error.message)}`
    return error instanceof Error ? error.name : "an error of somebody else"
  }
}
