import type { ObjectInfo, StoredObject } from "../../../contracts/storage/storage.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldObject } from "../reference/store.ts"

/** A mutant that looks at objects through a private memory of its own. */
function remembering(why: string, isTrusted: (old: HeldObject | undefined, now: HeldObject | undefined) => boolean) {
  return subclass(
    why,
    class extends ReferenceStorage {
      readonly #seen = new Map<string, HeldObject | undefined>()
      override find(bucket: string, key: string): HeldObject | undefined {
        return this.#known(`${bucket}/${key}`, super.find(bucket, key))
      }
      override objectOf(bucket: string, key: string): HeldObject {
        const known = this.#known(`${bucket}/${key}`, super.find(bucket, key))
        return known ?? super.objectOf(bucket, `${key} that is not there`)
      }
      override commit(...args: Parameters<ReferenceStorage["commit"]>): ObjectInfo {
        this.#seen.delete(`${args[0]}/${args[1]}`)
        return super.commit(...args)
      }
      override remove(bucket: string, key: string): void {
        this.#seen.delete(`${bucket}/${key}`)
        super.remove(bucket, key)
      }
      #known(name: string, now: HeldObject | undefined): HeldObject | undefined {
        const old = this.#seen.get(name)
        if (this.#seen.has(name) && isTrusted(old, now)) return old
        this.#seen.set(name, now)
        return now
      }
    },
  )
}

export const clientsMutants = mutants({
  "STORAGE-CLIENT-01": {
    "answers-share-a-field": subclass(
      "Under load one caller gets the file of another.",
      class extends ReferenceStorage {
        #latest: StoredObject | undefined
        override async get(...args: Parameters<ReferenceStorage["get"]>): Promise<StoredObject> {
          this.#latest = await super.get(...args)
          await Promise.resolve()
          return this.#latest
        }
      },
    ),
  },
  "STORAGE-CLIENT-02": {
    "near-copy-never-dropped": remembering(
      "A process goes on serving what another one has replaced.",
      (old) => old !== undefined,
    ),
  },
  "STORAGE-CLIENT-03": {
    "simultaneous-puts-mix": changed(
      ReferenceStorage,
      "Two uploads under one key leave a file that neither sent.",
      {
        newObject({ next, self }, key, bytes, options, checksums) {
          const object = next(key, bytes, options, checksums)
          const [old] = [...self.store.buckets.values()].flatMap(
            ({ objects }) => objects.get(self.encodeKey(key)) ?? [],
          )
          if (old === undefined || old.bytes.length === bytes.length) return object
          const mixed = new Uint8Array(bytes)
          mixed.set(old.bytes.subarray(0, Math.min(old.bytes.length, bytes.length) >> 1))
          return { ...object, bytes: mixed }
        },
      },
      "flydrive and flystorage: a file is opened for writing in its place",
    ),
  },
  "STORAGE-CLIENT-04": {
    "misses-remembered-by-one": remembering(
      "What another process stored is never found by one that asked too early.",
      (old) => old === undefined,
    ),
    "deletes-not-noticed": remembering(
      "A process serves a file that another one deleted.",
      (old, now) => old !== undefined && now === undefined,
    ),
  },
  "STORAGE-CLIENT-05": {
    "reads-joined-across-writes": seam.get(
      "A request that has just stored a file reads the one before.",
      (() => {
        const underWay = new WeakMap<object, Map<string, Promise<StoredObject>>>()
        return async ({ next, self }, bucket, key, options) => {
          const running = underWay.get(self) ?? new Map<string, Promise<StoredObject>>()
          underWay.set(self, running)
          const name = `${bucket}/${key}`
          const joined = running.get(name)
          const opened = next(bucket, key, options)
          opened.catch(() => {})
          if (joined !== undefined) {
            const first = await joined
            return first
          }
          running.set(name, opened)
          const object = await opened.finally(() => setTimeout(() => running.delete(name)))
          await new Promise((resolve) => setTimeout(resolve))
          return object
        }
      })(),
    ),
  },
})
