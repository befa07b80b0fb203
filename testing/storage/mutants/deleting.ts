import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"

/** Keys of a bucket that a changed delete takes along. */
function deletesToo(why: string, isMeant: (key: string, given: string) => boolean, source?: string) {
  return seam.remove(
    why,
    ({ next, self }, bucket, given) => {
      for (const key of [...self.bucketOf(bucket).objects.keys()]) if (isMeant(key, given)) next(bucket, key)
      next(bucket, given)
    },
    source,
  )
}

/** Only where many are deleted. */
function manyToo(why: string, isMeant: (key: string, given: string) => boolean, source?: string) {
  return seam.deleteMany(
    why,
    async ({ next, self }, bucket, keys) => {
      const report = await next(bucket, keys)
      const others = [...self.bucketOf(bucket).objects.keys()].filter((key) =>
        keys.some((given) => isMeant(key, given)),
      )
      for (const key of others) self.remove(bucket, key)
      return report
    },
    source,
  )
}

const beginsWith = (key: string, given: string) => key.startsWith(given)
const matches = (key: string, given: string) =>
  new RegExp(
    `^${given
      .replaceAll(/[.+()[\]{}|^$\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(key)

export const deletingMutants = mutants({
  "STORAGE-DEL-01": {
    "delete-by-prefix": deletesToo(
      "The delete of a report takes all its neighbours along.",
      beginsWith,
      "kestra #2605: a delete of /folder took /folder2 along, in every store but the local one",
    ),
    "delete-without-case": deletesToo(
      "The delete of one file takes that of another user along.",
      (key, given) => key.toLowerCase() === given.toLowerCase(),
      "file systems without case, such as APFS and NTFS: one file is there under both names",
    ),
    "delete-in-every-bucket": seam.remove(
      "A clean-up of copies deletes the originals.",
      ({ next, self }, bucket, key) => {
        for (const { name, objects } of self.ownBuckets()) if (objects.has(key)) next(name, key)
        next(bucket, key)
      },
    ),
    "delete-leaves-an-empty-object": seam.remove(
      "A file that was deleted is read as an empty one.",
      ({ next, self }, bucket, key) => {
        const object = self.find(bucket, key)
        if (object?.bytes.length === 0) next(bucket, key)
        else if (object !== undefined) {
          self.bucketOf(bucket).objects.set(key, { ...object, bytes: new Uint8Array(0) })
        }
      },
    ),
    "delete-leaves-the-key-in-lists": subclass(
      "A list shows files that cannot be read.",
      class extends ReferenceStorage {
        readonly #deleted = new Map<string, Parameters<ReferenceStorage["listedOf"]>[1]>()
        override remove(bucket: string, key: string): void {
          const object = this.find(bucket, key)
          if (object !== undefined) this.#deleted.set(key, object)
          super.remove(bucket, key)
        }
        override sorted(held: Parameters<ReferenceStorage["sorted"]>[0]) {
          const objects = new Map([...this.#deleted, ...held.objects])
          return super.sorted(held.name === "files" ? { ...held, objects } : held)
        }
      },
      "the eventually consistent lists that Amazon S3 had until 2020",
    ),
    "copies-cannot-be-deleted": subclass(
      "What was copied stays for ever.",
      class extends ReferenceStorage {
        readonly #copied = new Set<string>()
        override async copy(...args: Parameters<ReferenceStorage["copy"]>) {
          const info = await super.copy(...args)
          this.#copied.add(info.etag)
          return info
        }
        override remove(bucket: string, key: string): void {
          if (!this.#copied.has(this.find(bucket, key)?.etag ?? "")) super.remove(bucket, key)
        }
      },
    ),
  },
  "STORAGE-DEL-02": {
    "delete-of-nothing-rejects": seam.delete(
      "A delete whose answer was lost is tried again, and fails.",
      async ({ next, self }, bucket, key) => {
        self.checkObject(bucket, key)
        self.objectOf(bucket, key)
        return next(bucket, key)
      },
      "Google Cloud Storage: a delete of an object that is not there answers 404",
    ),
    "delete-of-a-folder": deletesToo(
      "The delete of a name that is a folder deletes all that is in it.",
      (key, given) => key.startsWith(given.endsWith("/") ? given : `${given}/`),
      "unstorage #802: clear of a prefix was given to drivers that delete more than it",
    ),
    "delete-of-nothing-deletes-the-next": seam.remove(
      "A mistake in a name deletes the file beside it.",
      ({ next, self }, bucket, key) => {
        const [near] = self.sorted(self.bucketOf(bucket)).filter((object) => object.key >= key)
        next(bucket, near?.key ?? key)
      },
    ),
  },
  "STORAGE-DEL-03": {
    "deleteMany-does-not-count-the-absent": seam.deleteMany(
      "A clean-up that is tried again looks as if it had failed.",
      async ({ next, self }, bucket, keys) => {
        const count = new Set(keys.filter((key) => self.find(bucket, key) !== undefined)).size
        return { ...(await next(bucket, keys)), deleted: count }
      },
    ),
    "deleteMany-calls-the-absent-failed": seam.deleteMany(
      "A clean-up tries again and again what is done.",
      async ({ next, self }, bucket, keys) => {
        const absent = keys.filter((key) => self.find(bucket, key) === undefined)
        const { deleted, failed } = await next(bucket, keys)
        const more = absent.map((key) => ({ key, code: "NOT_FOUND", message: "There is no such object." }))
        return { deleted: deleted - absent.length, failed: [...failed, ...more] }
      },
    ),
    "deleteMany-stops-at-the-absent": seam.deleteMany(
      "Behind a key that is gone already nothing is deleted.",
      async ({ next, self }, bucket, keys) => {
        const end = keys.findIndex((key) => self.find(bucket, key) === undefined)
        const report = await next(bucket, end < 0 ? keys : keys.slice(0, end))
        return { ...report, deleted: new Set(keys).size }
      },
    ),
    "deleteMany-by-prefix": manyToo(
      "The delete of some files takes their neighbours along.",
      beginsWith,
      "iceberg-rust #1118: remove_all of foo/bar removed foo/bar-baz as well",
    ),
    "deleteMany-by-pattern": manyToo("A file whose name has a star takes all others along.", matches),
    "deleteMany-forgets-the-last": seam.deleteMany(
      "One file of each clean-up stays.",
      async ({ next }, bucket, keys) => {
        const report = await next(bucket, keys.slice(0, -1))
        return keys.length === 0 ? report : { ...report, deleted: new Set(keys).size }
      },
    ),
  },
  "STORAGE-DEL-04": {
    "deleteMany-of-none-rejects": seam.deleteMany(
      "A clean-up fails on the day on which nothing is to be done.",
      async ({ next, self }, bucket, keys) => {
        if (Array.isArray(keys) && keys.length === 0) self.refuse("INVALID_ARGUMENT", "There must be a key.")
        return next(bucket, keys)
      },
      "moto 5.2: DeleteObjects without an object answers MalformedXML",
    ),
    "deleteMany-of-none-deletes-all": seam.deleteMany(
      "A search that finds nothing empties the bucket.",
      async ({ next, self }, bucket, keys) => {
        if (Array.isArray(keys) && keys.length === 0)
          for (const { key } of self.sorted(self.bucketOf(bucket))) self.remove(bucket, key)
        return next(bucket, keys)
      },
    ),
    "deleteMany-over-a-thousand-rejects": seam.deleteMany(
      "A clean-up fails once the bucket has grown.",
      async ({ next, self }, bucket, keys) => {
        if (Array.isArray(keys) && keys.length > 1000) self.refuse("INVALID_ARGUMENT", "There are too many keys.")
        return next(bucket, keys)
      },
      "aws-sdk-js-v3 #7087, aws-sdk-java #1293: more than 1,000 keys are answered with MalformedXML",
    ),
    "deleteMany-of-the-first-thousand": seam.deleteMany(
      "What is behind the first thousand stays, and nobody is told.",
      async ({ next }, bucket, keys) => {
        const report = await next(bucket, Array.isArray(keys) ? keys.slice(0, 1000) : keys)
        return { ...report, deleted: new Set(keys).size }
      },
    ),
    "deleteMany-loses-one-of-each-thousand": seam.deleteMany(
      "One file in a thousand stays.",
      async ({ next }, bucket, keys) => {
        const report = await next(bucket, Array.isArray(keys) ? keys.filter((_, index) => index % 1000 !== 999) : keys)
        return { ...report, deleted: new Set(keys).size }
      },
    ),
    "deleteMany-counts-doubles": seam.deleteMany(
      "The count does not fit the bucket.",
      async ({ next }, bucket, keys) => ({
        ...(await next(bucket, keys)),
        deleted: keys.length,
      }),
    ),
    "deleteMany-refuses-doubles": seam.deleteMany(
      "Two lists that overlap cannot be joined.",
      async ({ next, self }, bucket, keys) => {
        if (Array.isArray(keys) && new Set(keys).size < keys.length)
          self.refuse("INVALID_ARGUMENT", "A key is there twice.")
        return next(bucket, keys)
      },
    ),
  },
  "STORAGE-DEL-05": {
    "deleteMany-up-to-the-bad-key": seam.deleteMany(
      "A list with a mistake is half done.",
      async ({ next, self }, bucket, keys) => {
        if (!Array.isArray(keys)) return next(bucket, keys)
        for (const key of keys as string[]) {
          self.checkKey(key)
          self.remove(bucket, key)
        }
        return next(bucket, keys)
      },
    ),
    "deleteMany-in-batches-that-are-checked-alone": seam.deleteMany(
      "A list with a mistake behind its first thousand is done up to there.",
      async ({ next }, bucket, keys) => {
        if (!Array.isArray(keys) || keys.length <= 1000) return next(bucket, keys)
        for (let start = 0; start < keys.length; start += 1000) await next(bucket, keys.slice(start, start + 1000))
        return { deleted: new Set(keys).size, failed: [] }
      },
    ),
    "deleteMany-passes-over-bad-keys": changed(ReferenceStorage, "A mistake in a list is never noticed.", {
      checkKeys: ({ self }, keys) => self.refuseIf(Array.isArray(keys) ? undefined : "Keys must be an array."),
    }),
    "deleteMany-takes-one-key-for-a-list": seam.deleteMany(
      "Every letter of a key is deleted.",
      async ({ next }, bucket, keys) => next(bucket, typeof keys === "string" ? [...(keys as string)] : keys),
    ),
  },
})
