import type { Checks } from "../../engine/checks.ts"
import { forAll } from "../../families/roles.ts"
import { bucketClause, FILES, keysOf, listAll, refuses, type StorageClient, textOf } from "../clause.ts"

const namesOf = async (storage: StorageClient) => (await storage.listBuckets()).map(({ name }) => name)

/** A call of each method that takes the name of a bucket, and where there are two, with each of them. */
function callsWith(storage: StorageClient, bucket: string): [what: string, call: () => Promise<unknown>][] {
  const there = { bucket: FILES, key: "there" }
  const calls: [keyof StorageClient, string, () => Promise<unknown>][] = [
    ["deleteBucket", "deleteBucket", () => storage.deleteBucket(bucket)],
    ["deleteBucket", "deleteBucket with force", () => storage.deleteBucket(bucket, { force: true })],
    ["put", "put", () => storage.put(bucket, "key", "text")],
    ["put", "put of a stream", () => storage.put(bucket, "key", new Blob(["text"]).stream())],
    ["get", "get", () => storage.get(bucket, "key")],
    ["get", "get of a range", () => storage.get(bucket, "key", { range: { start: 0 } })],
    ["delete", "delete", () => storage.delete(bucket, "key")],
    ["list", "list", () => storage.list(bucket)],
    ["list", "list with a prefix", () => storage.list(bucket, { prefix: "key", delimiter: "/" })],
    ["deleteMany", "deleteMany", () => storage.deleteMany(bucket, ["key"])],
    ["copy", "copy from it", () => storage.copy({ bucket, key: "key" }, { bucket: FILES, key: "copy" })],
    ["copy", "copy to it", () => storage.copy(there, { bucket, key: "key" })],
    ["createUpload", "createUpload", () => storage.createUpload(bucket, "key")],
    ["sweepUploads", "sweepUploads", () => storage.sweepUploads(bucket, 0)],
  ]
  return calls.filter(([method]) => typeof storage[method] === "function").map(([, what, call]) => [what, call])
}

/** Without the methods of an interface that is not declared: of them others tell. */
function offered(
  calls: readonly [what: string, call: () => Promise<unknown>][],
  { multipart }: { readonly multipart: boolean },
): readonly [what: string, call: () => Promise<unknown>][] {
  return multipart ? calls : calls.filter(([what]) => !what.endsWith("Upload") && !what.endsWith("Uploads"))
}

async function isEmpty(t: Checks, storage: StorageClient, bucket: string, when: string): Promise<void> {
  t.equal(await storage.head(bucket, "key"), undefined, `head ${when}`)
  t.equal(await listAll(storage, {}, bucket), { objects: [], prefixes: [] }, `list ${when}`)
}

/** STORAGE-BUCKET. */
export const bucketsClauses = [
  bucketClause("STORAGE-BUCKET-01", {
    why: "A page of buckets that shows one twice, or those of another application, misleads whoever deletes there.",
    fix: "List the names of this service's own buckets, sorted by code point.",
    async check(t, storage, world) {
      if (world.capabilities.shared) await (await world.neighbour()).createBucket("of-another-service")
      t.equal(await storage.listBuckets(), [], "buckets before one is made")
      const made = ["photos", "archive", "a.b", "abc", "photos", "1st", "a-b", "photos-2", "archive"]
      for (const name of made) t.equal((await storage.createBucket(name)).name, name, "what createBucket resolves")
      t.equal(await namesOf(storage), ["1st", "a-b", "a.b", "abc", "archive", "photos", "photos-2"])
      for (const { createdAt } of await storage.listBuckets()) {
        t.ok(createdAt === undefined || createdAt instanceof Date, "createdAt is no Date")
      }
    },
  }),
  bucketClause("STORAGE-BUCKET-02", {
    why: "Each process makes sure of its bucket when it starts.",
    fix: "Take the server's word that one's own bucket exists for success.",
    async check(t, storage, world) {
      const other = world.capabilities.shared ? await world.connect() : storage
      const both = [storage, other, storage, other, storage, other]
      const made = await t.outcome(() => Promise.all(both.map((client) => client.createBucket(FILES))), "6 at once")
      t.equal(made.error, undefined, "what 6 simultaneous createBucket of one name rejected with")
      await storage.put(FILES, "key", "text")
      const again = await t.outcome(() => Promise.all(both.map((client) => client.createBucket(FILES))), "6 at once")
      t.equal(again.error, undefined, "what createBucket of a bucket with an object rejected with")
      t.equal(await namesOf(storage), [FILES], "buckets")
      t.equal(await textOf(storage, "key"), "text", "its object")
    },
  }),
  bucketClause("STORAGE-BUCKET-03", {
    why: "Data that was deleted with its bucket must not come back with its name.",
    fix: "Delete the bucket itself, and with it all that is kept beside its objects.",
    async check(t, storage) {
      await storage.createBucket("stays")
      await storage.createBucket(FILES)
      await storage.deleteBucket(FILES)
      t.equal(await namesOf(storage), ["stays"], "buckets after a bucket without objects was deleted")
      await storage.createBucket(FILES)
      for (const key of ["key", "folder/key"]) {
        await storage.put(FILES, key, "text")
        await storage.delete(FILES, key)
      }
      await storage.deleteBucket(FILES, { force: false })
      t.equal(await namesOf(storage), ["stays"], "buckets after a bucket was deleted whose objects had been")
      await storage.createBucket(FILES)
      await isEmpty(t, storage, FILES, "in a bucket that was made anew")
      await storage.put(FILES, "key", "text")
      await storage.deleteBucket(FILES, { force: true })
      await storage.createBucket(FILES)
      await isEmpty(t, storage, FILES, "in a bucket that was made anew after its objects had been deleted with it")
    },
  }),
  bucketClause("STORAGE-BUCKET-04", {
    why: "A bucket that is taken for empty takes its objects with it.",
    fix: "Look for any object, however deep its key, and refuse before anything is deleted.",
    async check(t, storage) {
      for (const key of ["key", "folder/deep/key", ".hidden"]) {
        await storage.createBucket(FILES)
        await storage.put(FILES, key, "")
        for (const options of [undefined, { force: false }, { force: undefined }]) {
          const refused = () => storage.deleteBucket(FILES, options)
          await refuses(t, refused, ["PRECONDITION_FAILED", "bucket"], "deleteBucket of a bucket with an object")
        }
        t.equal(await keysOf(storage), [key], "its objects")
        t.equal(await namesOf(storage), [FILES], "buckets")
        await storage.delete(FILES, key)
      }
    },
  }),
  bucketClause("STORAGE-BUCKET-05", {
    why: "The bucket of a test, or of a customer who has left, must go as a whole, and nothing beside it.",
    fix: "Delete page after page until the list is empty, then the bucket.",
    async check(t, storage, world) {
      const count = Math.min(world.many, 1005)
      for (const name of [FILES, "files-2", "fil"]) {
        await storage.createBucket(name)
        await storage.put(name, "stays", "text")
      }
      const numbers = Array.from({ length: count }, (_, number) => number)
      await forAll(numbers, (number) => storage.put(FILES, number % 2 === 0 ? `${number}` : `folder/${number}`, ""))
      const deleted = await t.outcome(() => storage.deleteBucket(FILES, { force: true }), "deleteBucket with force")
      t.equal(deleted.error, undefined, `what deleteBucket of ${count} objects rejected with`)
      t.equal(await namesOf(storage), ["fil", "files-2"], "buckets")
      for (const name of ["fil", "files-2"])
        t.equal(await textOf(storage, "stays", name), "text", `an object of ${name}`)
      await storage.createBucket(FILES)
      t.equal(await keysOf(storage), [], "objects of the bucket that was made anew")
    },
  }),
  bucketClause("STORAGE-BUCKET-06", {
    why: "A misspelt bucket that is made by the way, or looks empty, hides the mistake until data are missed.",
    fix: "Tell a bucket that is not there from an object that is not: by a look at the bucket where the server does not.",
    async check(t, storage, world) {
      await storage.createBucket(FILES)
      await storage.put(FILES, "there", "text")
      for (const [what, call] of offered(callsWith(storage, "absent"), world.capabilities)) {
        await refuses(t, call, ["NOT_FOUND", "bucket"], `${what} of a bucket that is not there`)
      }
      const head = await t.outcome(() => storage.head("absent", "key"), "head")
      t.equal(head, { value: undefined, threw: false }, "head of a bucket that is not there")
      t.equal(await namesOf(storage), [FILES], "buckets")
      t.equal(await keysOf(storage), ["there"], "objects of the bucket that is there")
      await storage.createBucket("deleted")
      await storage.deleteBucket("deleted")
      for (const [what, call] of offered(callsWith(storage, "deleted"), world.capabilities)) {
        await refuses(t, call, ["NOT_FOUND", "bucket"], `${what} of a bucket that was deleted`)
      }
    },
  }),
  bucketClause("STORAGE-BUCKET-07", {
    why: "An object that is read, or deleted, in the wrong bucket is another customer's.",
    fix: "Let the bucket be part of where an object is, apart from its key.",
    async check(t, storage) {
      const buckets = ["abc", "abcd", "abc-d"]
      for (const name of buckets) {
        await storage.createBucket(name)
        await storage.put(name, "key", name)
      }
      await storage.put("abc", "dkey", "abc")
      await storage.put("abc", "d/key", "abc")
      t.equal(await storage.head("abcd", "dkey"), undefined, "head in a bucket that does not have the key")
      for (const name of buckets) t.equal(await textOf(storage, "key", name), name, `the object of ${name}`)
      t.equal(await keysOf(storage, "abc"), ["d/key", "dkey", "key"], "keys of abc")
      t.equal(await keysOf(storage, "abcd"), ["key"], "keys of abcd")
      for (const { bucket } of (await listAll(storage, {}, "abc")).objects)
        t.equal(bucket, "abc", "bucket of an object")
      await storage.delete("abc", "key")
      t.equal(await storage.head("abc", "key"), undefined, "the object that was deleted")
      for (const name of ["abcd", "abc-d"]) t.equal(await textOf(storage, "key", name), name, `the object of ${name}`)
    },
  }),
  bucketClause("STORAGE-BUCKET-08", {
    why: "A name that one store takes, and the next one refuses, is found when it is too late to change it.",
    fix: "Check it in every method before anything is sent, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, storage, world) {
      // A world may put a prefix of its own before each name.
      const long = `a${"-b.c".repeat(9)}-d1`
      for (const name of ["abc", "1st", "a.b-c1", long]) {
        const { error } = await t.outcome(() => storage.createBucket(name), name)
        t.equal(error, undefined, `what createBucket of ${name} rejected with`)
        await storage.deleteBucket(name)
      }
      await storage.createBucket(FILES)
      await storage.put(FILES, "there", "text")
      const wrong = [
        "",
        "ab",
        "a".repeat(64),
        "Files",
        "a_b",
        "a b",
        "a/b",
        "../files",
        "-ab",
        "ab-",
        ".ab",
        "ab.",
        "a..b",
        "a.-b",
        "a-.b",
      ]
      const others = ["files\n", "äöü", "files%20", undefined, null, 123, ["files"], {}] as unknown as string[]
      for (const bucket of [...wrong, ...others]) {
        const calls = offered(callsWith(storage, bucket), world.capabilities)
        const all = [...calls, ["createBucket", () => storage.createBucket(bucket)] as const]
        all.push(["head", () => storage.head(bucket, "key")])
        if (world.capabilities.presignMethods.includes("GET")) {
          all.push(["presign", () => storage.presign(bucket, "key", { method: "GET", expiresIn: 60 })])
        }
        for (const [what, call] of all) {
          await t.rejects(call, "INVALID_ARGUMENT", `${what} of ${JSON.stringify(bucket)}`)
        }
      }
      t.equal(await namesOf(storage), [FILES], "buckets")
    },
  }),
]
