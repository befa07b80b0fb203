import { type CacheCapabilities, cacheMethods } from "../../contracts/cache.ts"
import { CACHE_MAX_KEY_BYTES } from "../../contracts/cache-arguments.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { foundationClauses } from "../foundation/clauses.ts"
import { atomicClauses } from "./atomic.clauses.ts"
import { atomicMethodClauses } from "./atomic-methods.clauses.ts"
import { batchClauses } from "./batch.clauses.ts"
import { capabilityClauses } from "./capabilities.clauses.ts"
import type { CacheClient } from "./clause.ts"
import { faultClauses } from "./faults.clauses.ts"
import { incrementClauses } from "./increment.clauses.ts"
import { isolationClauses } from "./isolation.clauses.ts"
import { keyClauses } from "./keys.clauses.ts"
import { leaseClauses } from "./lease.clauses.ts"
import { leaseEndClauses } from "./lease-end.clauses.ts"
import { memberClauses } from "./members.clauses.ts"
import { cacheProbes } from "./probes.ts"
import { readClauses } from "./reads.clauses.ts"
import { removalClauses } from "./removal.clauses.ts"
import { scanClauses } from "./scan.clauses.ts"
import { statisticsClauses } from "./statistics.clauses.ts"
import { structureClauses } from "./structures.clauses.ts"
import { tagArgumentClauses } from "./tag-arguments.clauses.ts"
import { tagClauses } from "./tags.clauses.ts"
import { ttlClauses } from "./ttl.clauses.ts"
import { valueClauses } from "./values.clauses.ts"

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
