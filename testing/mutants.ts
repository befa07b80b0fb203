/**
 * Broken caches, one wrong line each, with the clause that must catch it. Run your own harness, or your own suite,
 * against them to see what it can see.
 *
 * @example
 * for (const { id, implementation } of cacheMutants) {
 *   const report = await runContract(cacheContract, referenceSubject(id, implementation))
 * }
 */
import { atomicMutants } from "./cache/atomic.mutants.ts"
import { atomicMethodMutants } from "./cache/atomic-methods.mutants.ts"
import { batchMutants } from "./cache/batch.mutants.ts"
import { capabilityMutants } from "./cache/capabilities.mutants.ts"
import { clientMutants } from "./cache/clients.mutants.ts"
import { faultMutants as cacheFaultMutants } from "./cache/faults.mutants.ts"
import { incrementMutants } from "./cache/increment.mutants.ts"
import { isolationMutants } from "./cache/isolation.mutants.ts"
import { keyMutants } from "./cache/keys.mutants.ts"
import { leaseMutants } from "./cache/lease.mutants.ts"
import { leaseEndMutants } from "./cache/lease-end.mutants.ts"
import { memberMutants } from "./cache/members.mutants.ts"
import { readMutants } from "./cache/reads.mutants.ts"
import type { ReferenceCache } from "./cache/reference-cache.ts"
import { scanMutants } from "./cache/scan.mutants.ts"
import { statisticsMutants } from "./cache/statistics.mutants.ts"
import { structureMutants } from "./cache/structures.mutants.ts"
import { tagArgumentMutants } from "./cache/tag-arguments.mutants.ts"
import { tagMutants } from "./cache/tags.mutants.ts"
import { ttlMutants } from "./cache/ttl.mutants.ts"
import { ttlRenewalMutants } from "./cache/ttl-renewal.mutants.ts"
import { valueMutants } from "./cache/values.mutants.ts"
import type { Mutant } from "./engine/mutant.ts"
import { closeMutants } from "./foundation/close.mutants.ts"
import { configurationMutants } from "./foundation/configuration.mutants.ts"
import { errorMutants } from "./foundation/errors.mutants.ts"
import { faultMutants } from "./foundation/faults.mutants.ts"
import { healthMutants } from "./foundation/health.mutants.ts"

export { ReferenceCache } from "./cache/reference-cache.ts"
export type { ReferenceOptions } from "./cache/reference-entries.ts"
export { ReferenceStore } from "./cache/reference-store.ts"
export { referenceSubject } from "./cache/reference-world.ts"
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
