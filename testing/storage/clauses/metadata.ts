import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"
import type { Clause } from "../../engine/clause.ts"
import type { StorageClient } from "../clause.ts"

/** STORAGE-META. */
export const metadataClauses: readonly Clause<StorageClient, StorageCapabilities>[] = []
