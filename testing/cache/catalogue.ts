import type { CacheCapabilities, CacheImplementation } from "../../contracts/cache/cache.ts"
import { cacheClientIds } from "../../contracts/cache/clauses.ts"
import { copyFamily, dataFamily, idsOf, nameFamily } from "../../contracts/foundation/families.ts"
import type { Mutant } from "../engine/mutant.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { capabilityMutants } from "../families/mutants/capabilities.ts"
import { clientMutants } from "../families/mutants/clients.ts"
import { copyMutants } from "../families/mutants/copies.ts"
import { dataMutants } from "../families/mutants/data.ts"
import { nameMutants } from "../families/mutants/names.ts"
import { roleMutants } from "../families/mutants/roles.ts"
import type { CacheClient } from "./clause.ts"
import { cacheContract } from "./contract.ts"
import { atomicMutants } from "./mutants/atomic.ts"
import { atomicMethodMutants } from "./mutants/atomic-methods.ts"
import { batchMutants } from "./mutants/batch.ts"
import { cacheCapabilityMutants } from "./mutants/capabilities.ts"
import { cacheClientMutants } from "./mutants/clients.ts"
import { faultMutants } from "./mutants/faults.ts"
import { cacheFoundationMutants } from "./mutants/foundation.ts"
import { incrementMutants } from "./mutants/increment.ts"
import { isolationMutants } from "./mutants/isolation.ts"
import { keyMutants } from "./mutants/keys.ts"
import { leaseMutants } from "./mutants/lease.ts"
import { leaseEndMutants } from "./mutants/lease-end.ts"
import { readMutants } from "./mutants/reads.ts"
import { removalMutants } from "./mutants/removal.ts"
import { scanMutants } from "./mutants/scan.ts"
import { statisticsMutants } from "./mutants/statistics.ts"
import { tagArgumentMutants } from "./mutants/tag-arguments.ts"
import { tagMutants } from "./mutants/tags.ts"
import { ttlMutants } from "./mutants/ttl.ts"
import { ttlRenewalMutants } from "./mutants/ttl-renewal.ts"
import { valueMutants } from "./mutants/values.ts"
import { cacheOddities } from "./oddities.ts"
import { cachePins } from "./pins.ts"
import { cacheFamilyProbes } from "./probes.ts"
import { ReferenceCache } from "./reference/reference-cache.ts"
import { referenceSubject } from "./reference/world.ts"

const familyIds = {
  names: idsOf(nameFamily, "CACHE-KEY"),
  data: idsOf(dataFamily, "CACHE-VAL"),
  copies: idsOf(copyFamily, "CACHE-ISO"),
}
const { finds = {}, reads, removes = {}, stores } = cacheFamilyProbes

/** In the order of the contract. */
export const cacheMutants: readonly Mutant<typeof ReferenceCache>[] = Object.freeze([
  ...readMutants,
  ...removalMutants,
  ...cacheClientMutants,
  ...clientMutants(ReferenceCache, cacheClientIds, { stores: "set", reads: "get", removes: "delete" }),
  ...keyMutants,
  ...nameMutants(ReferenceCache, familyIds.names),
  ...valueMutants,
  ...dataMutants(ReferenceCache, familyIds.data),
  ...isolationMutants,
  ...copyMutants(ReferenceCache, familyIds.copies),
  ...roleMutants(ReferenceCache, familyIds, {
    stores: Object.keys(stores),
    reads: Object.keys(reads),
    takes: ["take"],
    finds: Object.keys(finds),
    removes: Object.keys(removes),
  }),
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
  ...cacheCapabilityMutants,
  ...capabilityMutants(ReferenceCache, { ranges: "CACHE-CAP-05", stable: "CACHE-CAP-06" }),
  ...faultMutants,
  ...cacheFoundationMutants,
])

/** What proves the cache contract. */
export const cacheCatalogue: Catalogue<typeof ReferenceCache, CacheImplementation, CacheClient, CacheCapabilities> = {
  service: "cache",
  contract: cacheContract,
  reference: ReferenceCache,
  subjectOf: referenceSubject,
  mutants: cacheMutants,
  oddities: cacheOddities,
  pins: cachePins,
}
