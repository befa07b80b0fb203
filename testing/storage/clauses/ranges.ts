import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"
import type { Clause } from "../../engine/clause.ts"
import type { StorageClient } from "../clause.ts"

/** STORAGE-RANGE. */
export const rangesClauses: readonly Clause<StorageClient, StorageCapabilities>[] = []
