/**
 * Broken caches, queues, searches, storages and tracings, one wrong line each, with the clause that must catch it, and what mutants of a service of your
 * own are made of. Run your own harness, or your own suite, against them to see what it can see.
 *
 * @example
 * for (const { id, implementation } of cacheMutants) {
 *   const report = await runContract(cacheContract, referenceSubject(id, implementation))
 * }
 */
export { cacheCatalogue, cacheMutants } from "./cache/catalogue.ts"
export type { CacheReferenceOptions } from "./cache/reference/entries.ts"
export { ReferenceCache } from "./cache/reference/reference-cache.ts"
export { CacheStore } from "./cache/reference/store.ts"
export { referenceSubject } from "./cache/reference/world.ts"
export { type Mutant, type MutantTable, mutantsFor, type Variant } from "./engine/mutant.ts"
export { changed, type SeamCall, type Seams, seamsOf, subclass } from "./engine/seams.ts"
export { type Catalogue, killSetOf, problemsOf, verdictOn } from "./engine/self-proof.ts"
export { capabilityMutants } from "./families/mutants/capabilities.ts"
export { clientMutants } from "./families/mutants/clients.ts"
export { copyMutants } from "./families/mutants/copies.ts"
export { dataMutants } from "./families/mutants/data.ts"
export { nameMutants } from "./families/mutants/names.ts"
export { roleMutants } from "./families/mutants/roles.ts"
export { RecordStore, type ReferenceRecord, ReferenceRecords } from "./families/reference-records.ts"
export type { BrokenMethods } from "./foundation/mutant.ts"
export { foundationMutants } from "./foundation/mutants.ts"
export { type ReferenceOptions, ReferenceService, ReferenceStore } from "./foundation/reference-service.ts"
export { referenceWorld } from "./foundation/reference-world.ts"
export { queueCatalogue, queueMutants } from "./queue/catalogue.ts"
export type { QueueReferenceOptions } from "./queue/reference/messages.ts"
export { ReferenceQueue } from "./queue/reference/reference-queue.ts"
export { QueueStore } from "./queue/reference/store.ts"
export { searchCatalogue, searchMutants } from "./search/catalogue.ts"
export type { SearchReferenceOptions } from "./search/reference/documents.ts"
export { ReferenceSearch } from "./search/reference/reference-search.ts"
export { SearchStore } from "./search/reference/store.ts"
export { storageCatalogue, storageMutants } from "./storage/catalogue.ts"
export type { StorageReferenceOptions } from "./storage/reference/objects.ts"
export { ReferenceStorage } from "./storage/reference/reference-storage.ts"
export { StorageStore } from "./storage/reference/store.ts"
export { tracingCatalogue, tracingMutants } from "./tracing/catalogue.ts"
export type { TracingReferenceOptions } from "./tracing/reference/configured.ts"
export { ReferenceTracing } from "./tracing/reference/reference-tracing.ts"
export { TracingStore } from "./tracing/reference/store.ts"
