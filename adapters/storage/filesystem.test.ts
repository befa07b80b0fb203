import { describe, it } from "vitest"
import { filesystemStorageSubject } from "../../subjects/storage.ts"
import { bindContract } from "../../testing/bind.ts"
import { storageContract } from "../../testing/storage/contract.ts"

bindContract({ describe, it }, storageContract, filesystemStorageSubject)
