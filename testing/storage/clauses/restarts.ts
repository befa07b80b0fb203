import { deepEqual } from "../../engine/deep-equal.ts"
import { piecesOf, watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, patternOf, utf8 } from "../clause.ts"
import { FIELDS, fieldsOf, standing } from "../standing.ts"
import { storing } from "../storing.ts"
import { answers } from "./faults.ts"

const OLD = { contentType: "text/old", metadata: { of: "the old one" } }
const NEW = { contentType: "text/new", metadata: { of: "the new one" } }

/** STORAGE-FAULT: stores that are started again, and processes that end. */
export const restartsClauses = [
  clause("STORAGE-FAULT-01", {
    why: "A store that comes back empty, or with bytes of no type, has lost what was given into its keeping.",
    fix: "Write bytes, headers and metadata to disk before put resolves, in one step; or declare durable: false.",
    needs: ["durable"],
    uses: ["restart"],
    async check(t, storage, world) {
      const ways = storing(storage, world.capabilities)
      await storage.createBucket("empty")
      for (const [way, store] of ways) {
        await store(storage, `fields by ${way}`, utf8(way), FIELDS)
        await store(storage, `bytes by ${way}`, patternOf(100_000), { contentType: "text/bytes" })
      }
      await storage.put(FILES, "deleted", "deleted")
      await storage.delete(FILES, "deleted")
      const keys = await keysOf(storage)
      const before = await Promise.all(keys.map((key) => standing(storage, key)))
      const buckets = await storage.listBuckets()
      await world.restart()
      await t.eventually(() => answers(storage), "works again")
      t.equal(await keysOf(storage), keys, "keys after a restart")
      for (const [index, key] of keys.entries()) {
        t.equal(await standing(storage, key), before[index], `an object, ${key}, after a restart`)
      }
      t.equal(await storage.listBuckets(), buckets, "buckets after a restart")
    },
  }),
  clause("STORAGE-FAULT-02", {
    why: "A program tells its user that the file is safe when put has resolved.",
    fix: "Resolve when the store has the object, not when it is in a buffer.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, storage, world) {
      const bytes = patternOf(200_000)
      const { client, kill } = await world.fork()
      const ways = storing(client, world.capabilities)
      const told = await Promise.all(ways.map(([way, store]) => store(client, way, bytes, FIELDS)))
      await kill()
      for (const [index, [way]] of ways.entries()) {
        const found = await standing(storage, way)
        t.equal(found?.bytes, bytes, `bytes of ${way} of a process that was killed`)
        t.equal(fieldsOf(found), fieldsOf(FIELDS), `headers and metadata of ${way} of a process that was killed`)
        t.equal(found?.etag, told[index]?.etag, `the ETag of ${way} of a process that was killed`)
      }
    },
  }),
  clause("STORAGE-FAULT-03", {
    why: "A half of the new object, or its bytes with the metadata of the old one, is of use to nobody.",
    fix: "Write beside the object, and put it in its place, with its metadata, in one step at the end.",
    needs: ["shared"],
    uses: ["fork"],
    async check(t, storage, world) {
      const old = { bytes: patternOf(300_000, 1), ...OLD }
      const fresh = { bytes: patternOf(250_000, 2), ...NEW }
      const names = Array.from({ length: 8 }, (_, number) => `file ${number}`)
      const { client, kill } = await world.fork()
      await client.createBucket(FILES)
      await Promise.all(names.map((key) => storage.put(FILES, key, old.bytes, OLD)))
      // Streams that have given a part of what they have when the process ends, and bytes that are just being written.
      const streams = ["file 0", "file 1", "new 0"].map((key) => {
        const watched = watchedStream("a web stream", [...piecesOf(fresh.bytes.slice(0, 200_000), 50_000), "idle"])
        client.put(FILES, key, watched.body, NEW).catch(() => undefined)
        return watched
      })
      await t.eventually(() => streams.every(({ pulls }) => pulls > 4), "the streams of puts are read")
      const puts = ["new 1", ...names.slice(2)].map((key) => client.put(FILES, key, fresh.bytes, NEW))
      await Promise.race([
        ...puts.map((put) => put.catch(() => undefined)),
        new Promise((done) => setTimeout(done, 50)),
      ])
      await kill()
      for (const put of puts) put.catch(() => undefined)
      for (const key of [...names, "new 0", "new 1"]) {
        const found = await standing(storage, key)
        const seen = found && { bytes: found.bytes, ...fieldsOf(found) }
        const isOld = key.startsWith("new") ? seen === undefined : deepEqual(seen, old)
        t.ok(isOld || deepEqual(seen, fresh), `an object, ${key}, is neither old nor new`)
        if (key === "file 0" || key === "file 1" || key === "new 0") t.ok(isOld, `what half a stream left at ${key}`)
      }
      const keys = (await keysOf(storage)).filter((key) => !key.startsWith("new"))
      t.equal(keys, names, "keys that the killed process left")
      for (const key of [...names, "new 0"]) await storage.put(FILES, key, key)
      for (const key of [...names, "new 0"]) {
        t.equal((await standing(storage, key))?.bytes, utf8(key), `a put over what the killed process left at ${key}`)
      }
    },
  }),
]
