import { NO_LIMIT } from "../../contracts/foundation/capabilities.ts"
import { clientFamily, idsOf, nameFamily } from "../../contracts/foundation/families.ts"
import { STORAGE_MAX_KEY_BYTES, STORAGE_MAX_METADATA_BYTES } from "../../contracts/storage/arguments.ts"
import { storageSentences } from "../../contracts/storage/clauses.ts"
import { type StorageCapabilities, storageMethods } from "../../contracts/storage/storage.ts"
import { type Contract, defineContract } from "../engine/clause.ts"
import { capabilityClauses } from "../families/capabilities.ts"
import { clientClauses } from "../families/clients.ts"
import { nameClauses } from "../families/names.ts"
import { foundationClauses } from "../foundation/catalogue.ts"
import { storageCapabilityRanges, storageInterfaces } from "./capabilities.ts"
import type { StorageClient } from "./clause.ts"
import { bucketsClauses } from "./clauses/buckets.ts"
import { capabilitiesClauses } from "./clauses/capabilities.ts"
import { checksumsClauses } from "./clauses/checksums.ts"
import { conditionalWritesClauses } from "./clauses/conditional-writes.ts"
import { conditionsClauses } from "./clauses/conditions.ts"
import { copyingClauses } from "./clauses/copying.ts"
import { deletingClauses } from "./clauses/deleting.ts"
import { faultsClauses } from "./clauses/faults.ts"
import { gettingClauses } from "./clauses/getting.ts"
import { keysClauses } from "./clauses/keys.ts"
import { listingClauses } from "./clauses/listing.ts"
import { listingPagesClauses } from "./clauses/listing-pages.ts"
import { metadataClauses } from "./clauses/metadata.ts"
import { partsClauses } from "./clauses/parts.ts"
import { partsEndClauses } from "./clauses/parts-end.ts"
import { putFailuresClauses } from "./clauses/put-failures.ts"
import { puttingClauses } from "./clauses/putting.ts"
import { rangesClauses } from "./clauses/ranges.ts"
import { restartsClauses } from "./clauses/restarts.ts"
import { signingClauses } from "./clauses/signing.ts"
import { signingUploadsClauses } from "./clauses/signing-uploads.ts"
import { storageKeyProbes, storageProbes } from "./probes.ts"

const { "06": _, ...clientIds } = idsOf(clientFamily, "STORAGE-CLIENT")

const ofKeys = nameClauses<StorageClient, StorageCapabilities>({
  sentences: storageSentences,
  ids: idsOf(nameFamily, "STORAGE-KEY"),
  probes: storageKeyProbes,
})
/** Paths have shorter names between their slashes. */
const ofPaths = ofKeys.map((each) => (each.id === "STORAGE-KEY-08" ? { ...each, needs: ["exactKeys"] } : each))

/** Every clause of the storage contract, and those that all services share. */
export const storageContract: Contract<StorageClient, StorageCapabilities> = defineContract({
  service: "storage",
  version: 1,
  methods: storageMethods,
  sentences: storageSentences,
  required: ["createBucket", "listBuckets", "deleteBucket", "put", "get", "head", "delete", "list"],
  defaultCapabilities: {
    presign: false,
    verifyPresigned: false,
    multipart: false,
    conditionalGet: false,
    conditionalCreate: false,
    conditionalMatch: false,
    conditionalComplete: false,
    conditionalCopy: false,
    durable: false,
    shared: false,
    exactKeys: true,
    presignMethods: [],
    etag: "content",
    checksumsRead: [],
    checksumsWrite: [],
    maxKeyBytes: STORAGE_MAX_KEY_BYTES,
    maxObjectBytes: NO_LIMIT,
    maxMetadataBytes: STORAGE_MAX_METADATA_BYTES,
    minPartBytes: 0,
  },
  isolation: {
    fill: (storage) => storage.createBucket("apart"),
    isEmpty: async (storage) => (await storage.listBuckets()).length === 0,
  },
  clauses: [
    ...bucketsClauses,
    ...puttingClauses,
    ...putFailuresClauses,
    ...metadataClauses,
    ...gettingClauses,
    ...rangesClauses,
    ...conditionsClauses,
    ...conditionalWritesClauses,
    ...checksumsClauses,
    ...deletingClauses,
    ...listingClauses,
    ...listingPagesClauses,
    ...copyingClauses,
    ...ofPaths,
    ...keysClauses,
    ...clientClauses<StorageClient, StorageCapabilities>({
      sentences: storageSentences,
      ids: clientIds,
      probes: storageKeyProbes,
    }),
    ...signingClauses,
    ...signingUploadsClauses,
    ...partsClauses,
    ...partsEndClauses,
    ...faultsClauses,
    ...restartsClauses,
    ...capabilitiesClauses,
    ...capabilityClauses<StorageClient, StorageCapabilities>({
      sentences: storageSentences,
      probes: storageProbes,
      methods: storageMethods,
      interfaces: storageInterfaces,
      ranges: { id: "STORAGE-CAP-04", of: storageCapabilityRanges },
      stable: { id: "STORAGE-CAP-05" },
    }),
    ...foundationClauses(storageProbes),
  ],
})
