import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"
import type { Clause } from "../../engine/clause.ts"
import type { StorageClient } from "../clause.ts"

/** STORAGE-COPY. */
export const copyingClauses: readonly Clause<StorageClient, StorageCapabilities>[] = []
