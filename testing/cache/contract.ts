import { CACHE_MAX_KEY_BYTES } from "../../contracts/cache/arguments.ts"
import { type CacheCapabilities, cacheMethods } from "../../contracts/cache/cache.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import type { CacheClient } from "./clause.ts"
import { atomicClauses } from "./clauses/atomic.ts"
import { atomicMethodClauses } from "./clauses/atomic-methods.ts"
import { batchClauses } from "./clauses/batch.ts"
import { capabilityClauses } from "./clauses/capabilities.ts"
import { faultClauses } from "./clauses/faults.ts"
import { incrementClauses } from "./clauses/increment.ts"
import { isolationClauses } from "./clauses/isolation.ts"
import { keyClauses } from "./clauses/keys.ts"
import { leaseClauses } from "./clauses/lease.ts"
import { leaseEndClauses } from "./clauses/lease-end.ts"
import { memberClauses } from "./clauses/members.ts"
import { readClauses } from "./clauses/reads.ts"
import { removalClauses } from "./clauses/removal.ts"
import { scanClauses } from "./clauses/scan.ts"
import { statisticsClauses } from "./clauses/statistics.ts"
import { structureClauses } from "./clauses/structures.ts"
import { tagArgumentClauses } from "./clauses/tag-arguments.ts"
import { tagClauses } from "./clauses/tags.ts"
import { ttlClauses } from "./clauses/ttl.ts"
import { ttlRenewalClauses } from "./clauses/ttl-renewal.ts"
import { valueClauses } from "./clauses/values.ts"
import { cacheProbes } from "./probes.ts"

/** Every clause of the cache contract, and those that all services share. */
export const cacheContract: Contract<CacheClient, CacheCapabilities> = defineContract({
  service: "cache",
  version: 1,
  methods: cacheMethods,
  defaultCapabilities: {
    batch: false,
    atomic: false,
    tags: false,
    scan: false,
    shared: false,
    durable: false,
    ttlResolutionMs: 1,
    maxKeyBytes: CACHE_MAX_KEY_BYTES,
    maxValueBytes: NO_LIMIT,
    maxStalenessMs: 0,
    eviction: "none",
  },
  isolation: {
    fill: (cache) => cache.set("apart", 1),
    isEmpty: async (cache) => !(await cache.has("apart")),
  },
  clauses: [
    ...readClauses,
    ...removalClauses,
    ...keyClauses,
    ...valueClauses,
    ...structureClauses,
    ...memberClauses,
    ...isolationClauses,
    ...ttlClauses,
    ...ttlRenewalClauses,
    ...statisticsClauses,
    ...batchClauses,
    ...atomicClauses,
    ...incrementClauses,
    ...atomicMethodClauses,
    ...leaseClauses,
    ...leaseEndClauses,
    ...tagClauses,
    ...tagArgumentClauses,
    ...scanClauses,
    ...capabilityClauses,
    ...faultClauses,
    ...foundationClauses(cacheProbes),
  ],
})
