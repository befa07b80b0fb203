import { fileRows } from "./storage-files.ts"
import { gcsRows } from "./storage-gcs.ts"
import { memoryStorageRows } from "./storage-memory.ts"
import { s3Rows } from "./storage-s3.ts"
import type { Suite } from "./suite.ts"

export const storageSuite: Suite = {
  name: "storage",
  rows: [...memoryStorageRows, ...fileRows, ...s3Rows, ...gcsRows],
}
