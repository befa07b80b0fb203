import { CACHE_MAX_KEY_BYTES } from "../../contracts/cache/arguments.ts"
import { type CacheCapabilities, cacheMethods } from "../../contracts/cache/cache.ts"
import { cacheClientIds, cacheSentences } from "../../contracts/cache/clauses.ts"
import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { copyFamily, dataFamily, idsOf, nameFamily } from "../../contracts/foundation/families.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { capabilityClauses } from "../families/capabilities.ts"
import { clientClauses } from "../families/clients.ts"
import { copyClauses } from "../families/copies.ts"
import { dataClauses } from "../families/data.ts"
import { nameClauses } from "../families/names.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import { cacheCapabilityRanges, cacheInterfaces } from "./capabilities.ts"
import type { CacheClient } from "./clause.ts"
import { atomicClauses } from "./clauses/atomic.ts"
import { atomicMethodClauses } from "./clauses/atomic-methods.ts"
import { batchClauses } from "./clauses/batch.ts"
import { faultClauses } from "./clauses/faults.ts"
import { incrementClauses } from "./clauses/increment.ts"
import { leaseClauses } from "./clauses/lease.ts"
import { leaseEndClauses } from "./clauses/lease-end.ts"
import { readClauses } from "./clauses/reads.ts"
import { removalClauses } from "./clauses/removal.ts"
import { scanClauses } from "./clauses/scan.ts"
import { statisticsClauses } from "./clauses/statistics.ts"
import { tagArgumentClauses } from "./clauses/tag-arguments.ts"
import { tagClauses } from "./clauses/tags.ts"
import { ttlClauses } from "./clauses/ttl.ts"
import { ttlRenewalClauses } from "./clauses/ttl-renewal.ts"
import { cacheFamilyProbes, cacheProbes } from "./probes.ts"

const family = { sentences: cacheSentences, probes: cacheFamilyProbes }

/** Every clause of the cache contract, and those that all services share. */
export const cacheContract: Contract<CacheClient, CacheCapabilities> = defineContract({
  service: "cache",
  version: 1,
  methods: cacheMethods,
  sentences: cacheSentences,
  required: ["get", "set", "delete", "has", "clear", "stats"],
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
    ...clientClauses({ ...family, ids: cacheClientIds }),
    ...nameClauses({ ...family, ids: idsOf(nameFamily, "CACHE-KEY") }),
    ...dataClauses({ ...family, ids: idsOf(dataFamily, "CACHE-VAL") }),
    ...copyClauses({ ...family, ids: idsOf(copyFamily, "CACHE-ISO") }),
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
    ...capabilityClauses({
      sentences: cacheSentences,
      probes: cacheProbes,
      methods: cacheMethods,
      interfaces: cacheInterfaces,
      ranges: { id: "CACHE-CAP-05", of: cacheCapabilityRanges },
      stable: { id: "CACHE-CAP-06" },
    }),
    ...faultClauses,
    ...foundationClauses(cacheProbes),
  ],
})
