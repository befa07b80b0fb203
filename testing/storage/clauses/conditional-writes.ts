import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Body, ObjectInfo, PutOptions } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { sameBytes } from "../../engine/deep-equal.ts"
import { bodiesOf, piecesOf, watchedStream } from "../bodies.ts"
import {
  clause,
  FILES,
  keysOf,
  listAll,
  refuses,
  type StorageClient,
  type StorageWorld,
  textOf,
  utf8,
} from "../clause.ts"
import { standing } from "../standing.ts"
import { nearly } from "./conditions.ts"

const WRITERS = 20

/** Simultaneous puts with a condition: one resolves, and its object stays. */
async function oneWins(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  [options, reason]: readonly [options: PutOptions, reason: string],
): Promise<ObjectInfo | undefined> {
  const other = world.capabilities.shared ? await world.connect() : storage
  const outcomes = await Promise.all(
    Array.from({ length: WRITERS }, (_, by) => {
      const bytes = utf8(`writer ${by}`)
      const body = by % 4 < 2 ? bytes : watchedStream("a web stream", piecesOf(bytes, 3)).body
      const put = () =>
        (by % 2 === 0 ? storage : other).put(FILES, "key", body, { ...options, metadata: { by: `${by}` } })
      return t.outcome(put, "a simultaneous put")
    }),
  )
  const winners = outcomes.flatMap(({ error }, by) => (error === undefined ? [by] : []))
  t.equal(winners.length, 1, `how many of ${WRITERS} simultaneous puts resolved`)
  const [winner = -1] = winners
  for (const outcome of outcomes.filter((_, by) => by !== winner)) {
    await refuses(t, () => Promise.reject(outcome.error), ["PRECONDITION_FAILED", reason], "a put that lost")
  }
  t.equal(await textOf(storage, "key"), `writer ${winner}`, "the object that stays")
  const info = await storage.head(FILES, "key")
  t.equal(info?.metadata, { by: `${winner}` }, "the metadata that stay")
  t.equal(info?.etag, (outcomes[winner]?.value as ObjectInfo | undefined)?.etag, "the ETag that stays")
  return info
}

/** The put whose answer is lost has stored, or nobody knows: it does not read as lost to another. */
async function isNotLost(t: Checks, storage: StorageClient, world: StorageWorld, options: () => Promise<PutOptions>) {
  const bodies: [kind: string, make: () => Body][] = [
    ["bytes", () => utf8("mine")],
    ["a stream", () => watchedStream("a web stream", [utf8("mine")]).body],
  ]
  for (const [kind, body] of bodies) {
    for (let round = 0; round < 3; round++) {
      const given = await options()
      await world.faults.loseAnswer()
      const { error, value } = await t.outcome(() => storage.put(FILES, "key", body(), given), `put of ${kind}`)
      await world.faults.heal()
      await t.eventually(() => answers(storage), "works again")
      const found = await standing(storage, "key")
      const isThere = found !== undefined && sameBytes(found.bytes, utf8("mine"))
      if (error === undefined) {
        t.ok(isThere, `a put of ${kind} whose answer was lost resolved, and its object is not there`)
        t.equal((value as ObjectInfo).etag, found?.etag, `the ETag that a put of ${kind} resolved`)
        continue
      }
      const { code, details } = ServiceError.is(error) ? error : { code: String(error), details: undefined }
      const isUnknown = code === "TIMEOUT" && details?.["outcome"] === "unknown"
      const isUndone = code === "UNAVAILABLE" && !isThere
      const what = `${code} rejected a put of ${kind} whose answer was lost, and whose object is ${isThere ? "" : "not "}there`
      t.ok(isUnknown || isUndone, what)
    }
  }
}

async function answers(storage: StorageClient): Promise<boolean> {
  return storage.listBuckets().then(
    () => true,
    () => false,
  )
}

/** STORAGE-CREATE and STORAGE-MATCH. */
export const conditionalWritesClauses = [
  clause("STORAGE-CREATE-01", {
    why: "A name that was free is taken once, also when it was given back.",
    fix: "Send If-None-Match: *, which a deleted object does not stand against.",
    needs: ["conditionalCreate"],
    async check(t, storage) {
      const create = { ifNoneMatch: "*" } as const
      for (const [kind, body] of bodiesOf(utf8("text"))) {
        for (const when of ["fresh", "after a delete"]) {
          const { error } = await t.outcome(() => storage.put(FILES, "key", body(), create), `put of ${kind}`)
          t.equal(error, undefined, `what put of ${kind} with ifNoneMatch rejected with, ${when}`)
          t.equal(await textOf(storage, "key"), "text", `the object of ${kind}, ${when}`)
          await storage.delete(FILES, "key")
        }
      }
      await storage.put(FILES, "key", "beside others")
      const { size } = await storage.put(FILES, "kex", "", create)
      t.equal(size, 0, "the size of an empty object")
      await storage.put(FILES, "key/below", "text", create).catch(() => undefined)
      t.equal(await textOf(storage, "key"), "beside others", "the object, after one whose key goes on")
      await storage.put(FILES, "ke", "text", { ...create, metadata: { name: "x" } })
      t.equal((await storage.head(FILES, "ke"))?.metadata, { name: "x" }, "metadata of a put with ifNoneMatch")
    },
  }),
  clause("STORAGE-CREATE-02", {
    why: "A lock, or an invoice, that is written over has been given away twice.",
    fix: "Refuse by what stands there, whatever its bytes are, and let nothing of the new object be seen.",
    needs: ["conditionalCreate"],
    async check(t, storage) {
      for (const old of ["text", ""]) {
        const { etag } = await storage.put(FILES, "key", old, { metadata: { name: "old" } })
        for (const content of ["new", old]) {
          for (const [kind, body] of bodiesOf(utf8(content))) {
            const put = () => storage.put(FILES, "key", body(), { ifNoneMatch: "*", metadata: { name: "new" } })
            await refuses(t, put, ["PRECONDITION_FAILED", "exists"], `put of ${kind} over ${old.length} bytes`)
          }
        }
        t.equal(await textOf(storage, "key"), old, "the bytes that stand there")
        const info = await storage.head(FILES, "key")
        t.equal([info?.etag, info?.metadata], [etag, { name: "old" }], "its ETag and metadata")
      }
      t.equal(await keysOf(storage), ["key"], "keys")
    },
  }),
  clause("STORAGE-CREATE-03", {
    why: "Two workers that both hold the lock do the work twice.",
    fix: "Look and store in one step: by the server's own condition, by link(2), or under one lock.",
    needs: ["conditionalCreate"],
    async check(t, storage, world) {
      for (let round = 0; round < 3; round++) {
        await oneWins(t, storage, world, [{ ifNoneMatch: "*" }, "exists"])
        await storage.delete(FILES, "key")
      }
    },
  }),
  clause("STORAGE-CREATE-04", {
    why: "A worker that is told that another has the lock, which it holds itself, waits for itself.",
    fix: "Repeat no conditional put blindly: look whether the object is one's own, by a mark of the call, or say that nobody knows.",
    needs: ["conditionalCreate"],
    uses: ["faults"],
    async check(t, storage, world) {
      await isNotLost(t, storage, world, async () => {
        await storage.delete(FILES, "key")
        return { ifNoneMatch: "*" }
      })
    },
  }),
  clause("STORAGE-MATCH-01", {
    why: "An update that read what it changes must not fail where nobody else has changed it.",
    fix: "Send If-Match with the ETag in the form that the server has it.",
    needs: ["conditionalMatch"],
    async check(t, storage) {
      let { etag } = await storage.put(FILES, "key", "first")
      for (const [kind, body] of bodiesOf(utf8("text"))) {
        for (const content of [body, () => `after ${kind}`]) {
          const put = () => storage.put(FILES, "key", content(), { ifMatch: etag, metadata: { name: kind } })
          const { error, value } = await t.outcome(put, `put of ${kind} with ifMatch`)
          t.equal(error, undefined, `what put of ${kind} with the ETag of the object rejected with`)
          const told = (value as ObjectInfo).etag
          t.ok(told !== etag, `the ETag after a put of ${kind} is that of before`)
          etag = told
          t.equal((await storage.head(FILES, "key"))?.metadata, { name: kind }, `metadata after a put of ${kind}`)
        }
        t.equal(await textOf(storage, "key"), `after ${kind}`, `the object after a put of ${kind}`)
      }
      const told = (await listAll(storage)).objects[0]?.etag ?? ""
      const { size } = await storage.put(FILES, "key", "", { ifMatch: told })
      t.equal(size, 0, "the size of an empty object with the ETag that list told")
    },
  }),
  clause("STORAGE-MATCH-02", {
    why: "The change of another user is lost, and neither of the two learns of it.",
    fix: "Map 412 to PRECONDITION_FAILED with the reason changed, and store nothing.",
    needs: ["conditionalMatch"],
    async check(t, storage) {
      const { etag: before } = await storage.put(FILES, "key", "before")
      const { etag: ofAnother } = await storage.put(FILES, "other", "another object")
      const { etag } = await storage.put(FILES, "key", "now", { metadata: { name: "now" } })
      for (const ifMatch of [before, ofAnother, "none", ...nearly(etag)]) {
        for (const [kind, body] of bodiesOf(utf8("new"))) {
          const put = () => storage.put(FILES, "key", body(), { ifMatch })
          await refuses(t, put, ["PRECONDITION_FAILED", "changed"], `put of ${kind} with another ifMatch`)
        }
      }
      t.equal(await textOf(storage, "key"), "now", "the object")
      const info = await storage.head(FILES, "key")
      t.equal([info?.etag, info?.metadata], [etag, { name: "now" }], "its ETag and metadata")
    },
  }),
  clause("STORAGE-MATCH-03", {
    why: "An update of what somebody has deleted brings it back.",
    fix: "Take a missing object for one that has changed: servers answer 404.",
    needs: ["conditionalMatch"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "deleted", "text")
      await storage.delete(FILES, "deleted")
      for (const key of ["deleted", "absent"]) {
        for (const [kind, body] of bodiesOf(utf8("text"))) {
          const put = () => storage.put(FILES, key, body(), { ifMatch: etag })
          await refuses(t, put, ["PRECONDITION_FAILED", "changed"], `put of ${kind} with ifMatch where nothing stands`)
        }
      }
      t.equal(await keysOf(storage), [], "keys")
    },
  }),
  clause("STORAGE-MATCH-04", {
    why: "Of two updates at one time the first is lost.",
    fix: "Compare and store in one step: by the server's own condition, or under one lock.",
    needs: ["conditionalMatch"],
    async check(t, storage, world) {
      let { etag } = await storage.put(FILES, "key", "first")
      for (let round = 0; round < 3; round++) {
        const info = await oneWins(t, storage, world, [{ ifMatch: etag }, "changed"])
        await storage.put(FILES, "key", `between rounds ${round}`)
        const between = await storage.put(FILES, "key", `round ${round}`, { metadata: { by: info?.etag ?? "" } })
        etag = between.etag
      }
    },
  }),
  clause("STORAGE-MATCH-05", {
    why: "An update that is told that another came first does its work again, on top of its own.",
    fix: "Repeat no conditional put blindly: look whether the object is one's own, by a mark of the call, or say that nobody knows.",
    needs: ["conditionalMatch"],
    uses: ["faults"],
    async check(t, storage, world) {
      await isNotLost(t, storage, world, async () => {
        const { etag } = await storage.put(FILES, "key", "before")
        return { ifMatch: etag }
      })
    },
  }),
]
