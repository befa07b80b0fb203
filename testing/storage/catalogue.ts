import type { StorageCapabilities, StorageImplementation } from "../../contracts/storage/storage.ts"
import type { Mutant } from "../engine/mutant.ts"
import type { Catalogue } from "../engine/self-proof.ts"
import { capabilityMutants } from "../families/mutants/capabilities.ts"
import { foundationMutants } from "../foundation/mutants.ts"
import type { StorageClient } from "./clause.ts"
import { storageContract } from "./contract.ts"
import { bucketsMutants } from "./mutants/buckets.ts"
import { storageCapabilitiesMutants } from "./mutants/capabilities.ts"
import { checksumsMutants } from "./mutants/checksums.ts"
import { clientsMutants } from "./mutants/clients.ts"
import { conditionalWritesMutants } from "./mutants/conditional-writes.ts"
import { conditionsMutants } from "./mutants/conditions.ts"
import { copyingMutants } from "./mutants/copying.ts"
import { deletingMutants } from "./mutants/deleting.ts"
import { etagsMutants } from "./mutants/etags.ts"
import { faultsMutants } from "./mutants/faults.ts"
import { gettingMutants } from "./mutants/getting.ts"
import { keysMutants } from "./mutants/keys.ts"
import { keysByMethodMutants } from "./mutants/keys-by-method.ts"
import { listingMutants } from "./mutants/listing.ts"
import { listingPagesMutants } from "./mutants/listing-pages.ts"
import { metadataMutants } from "./mutants/metadata.ts"
import { namesMutants } from "./mutants/names.ts"
import { partsMutants } from "./mutants/parts.ts"
import { partsEndMutants } from "./mutants/parts-end.ts"
import { partsResumedMutants } from "./mutants/parts-resumed.ts"
import { putFailuresMutants } from "./mutants/put-failures.ts"
import { puttingMutants } from "./mutants/putting.ts"
import { rangesMutants } from "./mutants/ranges.ts"
import { signingMutants } from "./mutants/signing.ts"
import { signingUploadsMutants } from "./mutants/signing-uploads.ts"
import { storageOddities } from "./oddities.ts"
import { storagePins } from "./pins.ts"
import { storageProbes } from "./probes.ts"
import { ReferenceStorage } from "./reference/reference-storage.ts"
import { referenceSubject } from "./reference/world.ts"

/** In the order of the contract. */
export const storageMutants: readonly Mutant<typeof ReferenceStorage>[] = Object.freeze([
  ...bucketsMutants,
  ...puttingMutants,
  ...putFailuresMutants,
  ...metadataMutants,
  ...gettingMutants,
  ...rangesMutants,
  ...conditionsMutants,
  ...etagsMutants,
  ...conditionalWritesMutants,
  ...checksumsMutants,
  ...deletingMutants,
  ...listingMutants,
  ...listingPagesMutants,
  ...copyingMutants,
  ...namesMutants,
  ...keysMutants,
  ...keysByMethodMutants,
  ...clientsMutants,
  ...signingMutants,
  ...signingUploadsMutants,
  ...partsMutants,
  ...partsEndMutants,
  ...partsResumedMutants,
  ...faultsMutants,
  ...storageCapabilitiesMutants,
  ...capabilityMutants(ReferenceStorage, {
    ranges: "STORAGE-CAP-04",
    stable: "STORAGE-CAP-05",
    limit: "maxObjectBytes",
    reads: "find",
  }),
  ...foundationMutants(ReferenceStorage, storageProbes, {
    reads: "get",
    finds: "head",
    stores: "put",
    removes: "delete",
    refuses: "createBucket",
    tells: "listBuckets",
  }),
])

/** What proves the storage contract. */
export const storageCatalogue: Catalogue<
  typeof ReferenceStorage,
  StorageImplementation,
  StorageClient,
  StorageCapabilities
> = {
  service: "storage",
  contract: storageContract,
  reference: ReferenceStorage,
  subjectOf: referenceSubject,
  mutants: storageMutants,
  oddities: storageOddities,
  pins: storagePins,
  matrix: "named",
}
