import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"
import type { Clause } from "../../engine/clause.ts"
import type { StorageClient } from "../clause.ts"

/** STORAGE-LIST. */
export const listingClauses: readonly Clause<StorageClient, StorageCapabilities>[] = []
