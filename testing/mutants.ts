/**
 * Broken caches, one wrong line each, with the clause that must catch it. Run your own harness, or your own suite,
 * against them to see what it can see.
 *
 * @example
 * for (const { id, implementation } of cacheMutants) {
 *   const report = await runContract(cacheContract, referenceSubject(id, implementation))
 * }
 */
import { atomicMutants } from "./cache/mutants/atomic.ts"
import { atomicMethodMutants } from "./cache/mutants/atomic-methods.ts"
import { batchMutants } from "./cache/mutants/batch.ts"
import { capabilityMutants } from "./cache/mutants/capabilities.ts"
import { clientMutants } from "./cache/mutants/clients.ts"
import { faultMutants as cacheFaultMutants } from "./cache/mutants/faults.ts"
import { incrementMutants } from "./cache/mutants/increment.ts"
import { isolationMutants } from "./cache/mutants/isolation.ts"
import { keyMutants } from "./cache/mutants/keys.ts"
import { leaseMutants } from "./cache/mutants/lease.ts"
import { leaseEndMutants } from "./cache/mutants/lease-end.ts"
import { memberMutants } from "./cache/mutants/members.ts"
import { readMutants } from "./cache/mutants/reads.ts"
import { scanMutants } from "./cache/mutants/scan.ts"
import { statisticsMutants } from "./cache/mutants/statistics.ts"
import { structureMutants } from "./cache/mutants/structures.ts"
import { tagArgumentMutants } from "./cache/mutants/tag-arguments.ts"
import { tagMutants } from "./cache/mutants/tags.ts"
import { ttlMutants } from "./cache/mutants/ttl.ts"
import { ttlRenewalMutants } from "./cache/mutants/ttl-renewal.ts"
import { valueMutants } from "./cache/mutants/values.ts"
import type { ReferenceCache } from "./cache/reference/reference-cache.ts"
import type { Mutant } from "./engine/mutant.ts"
import { closeMutants } from "./foundation/mutants/close.ts"
import { configurationMutants } from "./foundation/mutants/configuration.ts"
import { errorMutants } from "./foundation/mutants/errors.ts"
import { faultMutants } from "./foundation/mutants/faults.ts"
import { healthMutants } from "./foundation/mutants/health.ts"

export type { ReferenceOptions } from "./cache/reference/entries.ts"
export { ReferenceCache } from "./cache/reference/reference-cache.ts"
export { ReferenceStore } from "./cache/reference/store.ts"
export { referenceSubject } from "./cache/reference/world.ts"
export type { Mutant } from "./engine/mutant.ts"

/** In the order of the contract. */
export const cacheMutants: readonly Mutant<typeof ReferenceCache>[] = Object.freeze([
  ...readMutants,
  ...clientMutants,
  ...keyMutants,
  ...valueMutants,
  ...structureMutants,
  ...memberMutants,
  ...isolationMutants,
  ...ttlMutants,
  ...ttlRenewalMutants,
  ...statisticsMutants,
  ...batchMutants,
  ...atomicMutants,
  ...incrementMutants,
  ...atomicMethodMutants,
  ...leaseMutants,
  ...leaseEndMutants,
  ...tagMutants,
  ...tagArgumentMutants,
  ...scanMutants,
  ...capabilityMutants,
  ...cacheFaultMutants,
  ...errorMutants,
  ...faultMutants,
  ...healthMutants,
  ...closeMutants,
  ...configurationMutants,
])
