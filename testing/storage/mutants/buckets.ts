import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { changed, subclass } from "../../engine/seams.ts"
import { mutants, seam } from "../mutant.ts"
import { ReferenceStorage } from "../reference/reference-storage.ts"
import type { HeldBucket, HeldObject } from "../reference/store.ts"

/** Objects of buckets that were deleted, by the name of the bucket in its store. */
const leftBehind = new WeakMap<object, Map<string, HeldBucket>>()

const leftIn = (store: object) => {
  const left = leftBehind.get(store) ?? new Map<string, HeldBucket>()
  leftBehind.set(store, left)
  return left
}

/** One map of objects for all buckets of a store. */
const mixed = new WeakMap<object, Map<string, HeldObject>>()

const isValid = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

export const bucketsMutants = mutants({
  "STORAGE-BUCKET-01": {
    "buckets-in-the-order-of-making": seam.ownBuckets(
      "A page of buckets is in another order each time that the store is moved.",
      ({ next }) => next().sort((one, other) => one.createdAt - other.createdAt || Number(one.name < other.name) - 0.5),
    ),
    "bucket-made-twice-is-listed-twice": subclass(
      "A page shows one bucket two times.",
      class extends ReferenceStorage {
        readonly #made: string[] = []
        override async createBucket(bucket: string) {
          const info = await super.createBucket(bucket)
          this.#made.push(bucket)
          return info
        }
        override ownBuckets(): HeldBucket[] {
          const held = super.ownBuckets()
          return this.#made.flatMap((name) => held.filter((other) => other.name === name)).sort(byName)
        }
      },
    ),
    "buckets-of-other-services-listed": seam.ownBuckets(
      "A clean-up of old buckets deletes those of another application.",
      ({ self }) => [...self.store.buckets.values()].sort(byName),
      "Amazon S3, ListBuckets: all buckets of the account come, whatever the application calls its own",
    ),
  },
  "STORAGE-BUCKET-02": {
    "second-createBucket-rejects": seam.createBucket(
      "A program starts once, and never again.",
      async ({ next, self }, bucket) => {
        self.checkBucket(bucket)
        if (self.findBucket(bucket) !== undefined) self.refuse("ALREADY_EXISTS", "This bucket is yours already.")
        return next(bucket)
      },
      "Amazon S3: CreateBucket answers 409 BucketAlreadyOwnedByYou in every region but us-east-1",
    ),
    "createBucket-makes-it-anew": seam.createBucket(
      "The second process that starts empties the bucket of the first.",
      async ({ next, self }, bucket) => {
        self.checkBucket(bucket)
        self.newBucket(bucket)
        return next(bucket)
      },
    ),
    "looked-for-then-made": seam.createBucket(
      "Two processes that start at one time fail, or lose what the faster one has stored.",
      async ({ next, self }, bucket) => {
        self.checkBucket(bucket)
        const isThere = self.findBucket(bucket) !== undefined
        await Promise.resolve()
        if (!isThere && self.findBucket(bucket) !== undefined) self.refuse("ALREADY_EXISTS", "It was made meanwhile.")
        return next(bucket)
      },
      "node:fs, mkdir without recursive: EEXIST for the slower of two that looked before",
    ),
  },
  "STORAGE-BUCKET-03": {
    "deleted-bucket-still-listed": seam.deleteBucket(
      "A bucket that was deleted is offered to users.",
      async ({ next, self }, bucket, options) => {
        self.checkDeleteBucket(bucket, options)
        const held = self.findBucket(bucket)
        await next(bucket, options)
        if (held !== undefined) self.store.buckets.set(self.storedName(bucket), { ...held, objects: new Map() })
      },
    ),
    "objects-come-back-with-the-name": changed(
      ReferenceStorage,
      "A bucket of a new customer holds the objects of the one before.",
      {
        dropBucket({ next, self }, bucket) {
          leftIn(self.store).set(self.storedName(bucket), self.bucketOf(bucket))
          next(bucket)
        },
        newBucket({ next, self }, bucket) {
          const held = leftIn(self.store).get(self.storedName(bucket))
          if (held === undefined) return next(bucket)
          self.store.buckets.set(self.storedName(bucket), held)
          return held
        },
      },
    ),
    "emptied-bucket-counts-as-full": changed(
      ReferenceStorage,
      "A bucket that ever held an object can never be deleted.",
      {
        remove({ next, self }, bucket, key) {
          leftIn(self.store).set(self.storedName(bucket), self.bucketOf(bucket))
          next(bucket, key)
        },
        async deleteBucket({ next, self }, bucket, options) {
          self.checkDeleteBucket(bucket, options)
          const wasUsed = leftIn(self.store).has(self.storedName(bucket))
          if (wasUsed && options?.force !== true) self.refuseFor("PRECONDITION_FAILED", "bucket", "It holds folders.")
          return next(bucket, options)
        },
      },
    ),
  },
  "STORAGE-BUCKET-04": {
    "full-bucket-deleted": seam.deleteBucket(
      "A bucket that was taken for empty is lost with all that is in it.",
      async ({ next }, bucket, options) => next(bucket, { ...options, force: true }),
      "node:fs, rm with recursive and force: a folder goes with all files in it",
    ),
    "refused-after-its-objects-are-gone": seam.deleteBucket(
      "A refusal has deleted what it speaks of.",
      async ({ next, self }, bucket, options) => {
        try {
          return await next(bucket, options)
        } catch (error) {
          self.findBucket(bucket)?.objects.clear()
          throw error
        }
      },
    ),
    "deep-keys-count-as-nothing": seam.deleteBucket(
      "A bucket whose objects are all in folders is deleted as empty.",
      async ({ next, self }, bucket, options) => {
        self.checkDeleteBucket(bucket, options)
        const keys = [...(self.findBucket(bucket)?.objects.keys() ?? [])]
        const isFlat = keys.some((key) => !key.includes("/") && !key.startsWith("."))
        return next(bucket, isFlat ? options : { force: true })
      },
    ),
    "not-empty-under-another-code": seam.refuseFor(
      "A caller that would ask for force takes it for a failure of the store.",
      ({ next, self }, code, reason, message, more) => {
        if (reason === "bucket" && code === "PRECONDITION_FAILED") self.refuse("ALREADY_EXISTS", message)
        return next(code, reason, message, more)
      },
      "Amazon S3: DeleteBucket of a bucket with objects answers 409 BucketNotEmpty",
    ),
  },
  "STORAGE-BUCKET-05": {
    "one-page-of-objects-deleted": seam.deleteBucket(
      "A bucket of more than a thousand objects cannot be deleted.",
      async ({ next, self }, bucket, options) => {
        self.checkDeleteBucket(bucket, options)
        const objects = self.findBucket(bucket)?.objects ?? new Map<string, HeldObject>()
        if (options?.force !== true || objects.size <= 1000) return next(bucket, options)
        for (const key of [...objects.keys()].slice(0, 1000)) objects.delete(key)
        return next(bucket)
      },
      "Amazon S3: a list has at most 1,000 keys, and DeleteObjects takes no more",
    ),
    "buckets-of-like-names-deleted-too": seam.dropBucket(
      "The bucket of another customer goes along.",
      ({ next, self }, bucket) => {
        for (const { name } of self.ownBuckets()) if (name.startsWith(bucket)) next(name)
      },
    ),
    "force-is-not-looked-at": seam.deleteBucket(
      "A bucket with objects can never be deleted.",
      async ({ next, self }, bucket, options) => {
        self.checkDeleteBucket(bucket, options)
        return next(bucket)
      },
    ),
  },
  "STORAGE-BUCKET-06": {
    "put-makes-the-bucket": seam.put(
      "What was put into a misspelt bucket is found by nobody.",
      async ({ next, self }, bucket, key, body, options) => {
        if (self.bucketIssue(bucket) === undefined && !self.closed && self.findBucket(bucket) === undefined) {
          self.newBucket(bucket)
        }
        return next(bucket, key, body, options)
      },
      "node:fs, mkdir with recursive: a folder that is not there is made on the way to the file",
    ),
    "list-of-no-bucket-is-empty": seam.list(
      "A misspelt bucket looks empty, and a backup of it succeeds.",
      async ({ next, self }, bucket, options) => {
        self.checkList(bucket, options)
        return self.findBucket(bucket) === undefined ? { objects: [], prefixes: [] } : next(bucket, options)
      },
    ),
    "delete-in-no-bucket-resolves": seam.remove(
      "A clean-up of a misspelt bucket succeeds.",
      ({ next, self }, bucket, key) => {
        if (self.findBucket(bucket) !== undefined) next(bucket, key)
      },
      "node:fs, rm with force: a path that is not there is no error",
    ),
    "no-bucket-is-told-as-no-object": seam.refuseFor(
      "A caller looks for the mistake in the key.",
      ({ next }, code, reason, message, more) => next(code, code === "NOT_FOUND" ? "object" : reason, message, more),
      "Google Cloud Storage: a missing bucket and a missing object are both 404, reason notFound",
    ),
    "head-rejects-without-a-bucket": seam.find(
      "A question whether an object is there ends in an error.",
      ({ next, self }, bucket, key) => {
        self.bucketOf(bucket)
        return next(bucket, key)
      },
    ),
    "deleteMany-in-no-bucket-resolves": seam.deleteMany(
      "A clean-up of a misspelt bucket tells that all is gone.",
      async ({ next, self }, bucket, keys) => {
        self.checkBucket(bucket)
        self.checkKeys(keys)
        return self.findBucket(bucket) === undefined ? { deleted: keys.length, failed: [] } : next(bucket, keys)
      },
    ),
  },
  "STORAGE-BUCKET-07": {
    "objects-of-all-buckets-in-one": seam.newBucket(
      "Two buckets that hold the same key hold the same object.",
      ({ next, self }, bucket) => {
        const objects = mixed.get(self.store) ?? new Map<string, HeldObject>()
        mixed.set(self.store, objects)
        const held = { ...next(bucket), objects }
        self.store.buckets.set(self.storedName(bucket), held)
        return held
      },
    ),
    "bucket-and-key-joined-without-a-mark": seam.objectOf(
      "The object of one bucket is read in another whose name is longer.",
      ({ next, self }, bucket, key) => {
        const all = self.ownBuckets().flatMap((held) => [...held.objects].map((each) => [held.name, each] as const))
        const joined = all.filter(([name, [stored]]) => name + stored === bucket + key).map(([, [, object]]) => object)
        return (
          joined.sort((one, other) => Number(other.etag.slice(1)) - Number(one.etag.slice(1)))[0] ?? next(bucket, key)
        )
      },
    ),
    "deleted-in-every-bucket": seam.remove(
      "The delete of one customer's object takes that of another along.",
      ({ next, self }, bucket, key) => {
        for (const { name } of self.ownBuckets()) if (name.startsWith(bucket)) next(name, key)
      },
    ),
  },
  "STORAGE-BUCKET-08": {
    "names-of-buckets-lower-cased": seam.bucketIssue(
      "A name works here, and is refused by the next store.",
      ({ next }, bucket) => next(typeof bucket === "string" ? bucket.toLowerCase() : bucket),
    ),
    "two-dots-in-a-row-accepted": seam.bucketIssue(
      "A bucket cannot be moved to S3, which refuses its name.",
      ({ next }, bucket) => (typeof bucket === "string" && isValid.test(bucket) ? undefined : next(bucket)),
      "Amazon S3, naming rules: no two adjacent periods",
    ),
    "line-end-behind-the-name-accepted": seam.bucketIssue(
      "A name that was read from a file makes a second bucket.",
      ({ next }, bucket) => next(typeof bucket === "string" ? bucket.replace(/\n$/, "") : bucket),
    ),
    "numbers-are-names-of-buckets": seam.bucketIssue(
      "An id that is no text makes a bucket that no text finds.",
      ({ next }, bucket) => next(typeof bucket === "number" ? String(bucket) : bucket),
    ),
    "names-checked-by-createBucket-alone": changed(
      ReferenceStorage,
      "A path in the place of a bucket leads out of the folder of all buckets.",
      {
        async createBucket({ next, self }, bucket) {
          self.checkOpen()
          self.refuseIf(self.bucketIssue(bucket))
          return next(bucket)
        },
        checkBucket({ self }) {
          self.checkOpen()
        },
      },
    ),
    "underscores-accepted": seam.bucketIssue(
      "A bucket cannot be moved to S3, which refuses its name.",
      ({ next }, bucket) => next(typeof bucket === "string" ? bucket.replaceAll("_", "-") : bucket),
      "Google Cloud Storage: names of buckets may have underscores",
    ),
  },
})

function byName(one: HeldBucket, other: HeldBucket): number {
  return compareCodePoints(one.name, other.name)
}
