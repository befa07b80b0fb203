import { type StorageCapabilities, storageMethods } from "../../../contracts/storage/storage.ts"
import type { StorageReferenceOptions } from "./objects.ts"
import { ReferenceStorage } from "./reference-storage.ts"

type Interface = "presign" | "verifyPresigned" | "multipart"

/** The reference storage that declares something else. */
export function referenceThatDeclares(change: Partial<StorageCapabilities>): typeof ReferenceStorage {
  return class extends ReferenceStorage {
    constructor(options: StorageReferenceOptions) {
      super(options)
      this.capabilities = { ...this.capabilities, ...change }
    }
  }
}

/** The reference storage without some interfaces: it declares so, and their methods are not there. */
export function referenceWithout(...absent: readonly Interface[]): typeof ReferenceStorage {
  const declared = Object.fromEntries(absent.map((name) => [name, false]))
  const unsigned = absent.includes("presign") ? { presignMethods: [] } : {}
  const Without = referenceThatDeclares({ ...declared, ...unsigned })
  const methods = Object.entries(storageMethods).filter(([, method]) => {
    return "capability" in method && absent.includes(method.capability)
  })
  return withoutMethods(Without, ...methods.map(([name]) => name))
}

/** A class whose methods of these names are not there. */
function withoutMethods(Reference: typeof ReferenceStorage, ...names: readonly string[]): typeof ReferenceStorage {
  const Without = class extends Reference {}
  for (const name of names) Object.defineProperty(Without.prototype, name, { value: undefined, writable: true })
  return Without
}
