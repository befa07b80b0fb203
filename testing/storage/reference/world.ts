import type { StorageCapabilities, StorageImplementation } from "../../../contracts/storage/storage.ts"
import { defineSubject } from "../../define-subject.ts"
import type { Subject } from "../../engine/subject.ts"
import { referenceWorld } from "../../foundation/reference-world.ts"
import type { ReferenceStorage } from "./reference-storage.ts"
import { StorageStore } from "./store.ts"

/**
 * A subject of the reference storage, or of a class that changes a line of it: a mutant or an oddity. Its world offers
 * everything that a world can offer.
 */
export function referenceSubject(
  name: string,
  Implementation: typeof ReferenceStorage,
): Subject<StorageImplementation, StorageCapabilities> {
  return defineSubject({
    service: "storage",
    name,
    open(options) {
      const store = new StorageStore()
      const world = referenceWorld(Implementation, store, options)
      return {
        ...world,
        corrupt: (key) => spoil(store, key),
        fetch: async (request) => (await world.connect()).answer(request),
      }
    },
  })
}

/** Turns a bit of each object of this key. */
function spoil({ buckets }: StorageStore, key: string): void {
  for (const { objects } of buckets.values()) {
    for (const [stored, object] of objects) {
      if (object.key !== key) continue
      const bytes = new Uint8Array(object.bytes)
      bytes[0] = (bytes[0] ?? 0) ^ 1
      objects.set(stored, { ...object, bytes })
    }
  }
}
