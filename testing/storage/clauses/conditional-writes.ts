import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ObjectInfo, WriteConditions } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { deepEqual } from "../../engine/deep-equal.ts"
import { watchedStream } from "../bodies.ts"
import { clause, FILES, keysOf, refuses, type StorageClient, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { standing } from "../standing.ts"
import { OTHER_ETAG } from "./conditions.ts"

const WRITERS = 20

/** Clients of one store, by turns. */
async function clientsOf(storage: StorageClient, world: StorageWorld): Promise<StorageClient[]> {
  if (!world.capabilities.shared) return [storage]
  return [storage, await world.connect(), await world.connect()]
}

/** Of many writers at once one wins; its object stays, and each other is told why. */
async function oneWins(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  conditions: WriteConditions,
  reason: string,
): Promise<void> {
  const clients = await clientsOf(storage, world)
  for (const kind of ["bytes", "streams"]) {
    const key = conditions.ifMatch === undefined ? kind : "key"
    const given =
      conditions.ifMatch === undefined ? conditions : { ifMatch: (await storage.put(FILES, key, "old")).etag }
    const bodyOf = (text: string) =>
      kind === "bytes" ? text : watchedStream("a web stream", [utf8(text.slice(0, 3)), utf8(text.slice(3))]).body
    const outcomes = await Promise.allSettled(
      Array.from({ length: WRITERS }, async (_, number) => {
        const client = clients[number % clients.length] as StorageClient
        const info = await client.put(FILES, key, bodyOf(`writer ${number}`), given)
        return { info, number }
      }),
    )
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value)
    t.equal(won.length, 1, `how many of ${WRITERS} writers of ${kind} won`)
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue
      const { code, details } = outcome.reason as ServiceError
      t.equal(
        [code, details?.["reason"]],
        ["PRECONDITION_FAILED", reason],
        `what a writer of ${kind} that lost is told`,
      )
    }
    const [winner] = won
    const found = await standing(storage, key)
    t.equal(found?.bytes, utf8(`writer ${winner?.number}`), `the object after ${WRITERS} writers of ${kind}`)
    t.equal(found?.etag, winner?.info.etag, "its ETag, beside that which the winner was told")
  }
}

/** A write whose answer is lost: it resolves or says that nobody knows, and never that it lost. */
async function isNotLost(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  key: string,
  write: (body: Uint8Array | ReturnType<typeof watchedStream>["body"]) => Promise<ObjectInfo>,
): Promise<void> {
  await world.faults.loseAnswer()
  const { error, value } = await t.outcome(() => write(utf8("mine")), "a put whose answer is lost")
  await world.faults.heal()
  const found = await t.outcome(() => standing(storage, key), "what stands there")
  const isThere = deepEqual((found.value as { bytes?: Uint8Array } | undefined)?.bytes, utf8("mine"))
  if (error === undefined) {
    t.ok(isThere, "a put whose answer was lost resolved, and its object is not there")
    t.equal((value as ObjectInfo).etag, (found.value as ObjectInfo | undefined)?.etag, "the ETag that it resolved")
    return
  }
  const { code, details }: Pick<ServiceError, "details"> & { code: string } = ServiceError.is(error)
    ? error
    : { code: String(error), details: undefined }
  const isUnknown = code === "TIMEOUT" && details?.["outcome"] === "unknown"
  const isUndone = code === "UNAVAILABLE" && !isThere
  t.ok(
    isUnknown || isUndone,
    `a put whose answer was lost rejected with ${code}, and its object is ${isThere ? "" : "not "}there`,
  )
}

/** STORAGE-CREATE and STORAGE-MATCH: puts with conditions. */
export const conditionalWritesClauses = [
  clause("STORAGE-CREATE-01", {
    why: "What is stored once, such as an invoice, cannot be stored at all.",
    fix: "Store where nothing stands, and look at that in the step that stores.",
    needs: ["conditionalCreate"],
    async check(t, storage) {
      const info = await storage.put(FILES, "key", "first", { ifNoneMatch: "*", metadata: { of: "the first" } })
      t.equal(await textOf(storage, "key"), "first", "the object")
      t.equal([info.size, info.metadata], [5, { of: "the first" }], "what put told")
      await storage.delete(FILES, "key")
      await storage.put(FILES, "key", watchedStream("a web stream", [utf8("second")]).body, { ifNoneMatch: "*" })
      t.equal(await textOf(storage, "key"), "second", "the object after a delete")
      await storage.put(FILES, "key/below", "third", { ifNoneMatch: "*" }).catch(() => undefined)
      t.equal(await textOf(storage, "key"), "second", "the object, after one whose key goes on")
    },
  }),
  clause("STORAGE-CREATE-02", {
    why: "An invoice is overwritten by another one of the same number.",
    fix: 'Reject PRECONDITION_FAILED with details.reason "exists", and cancel the body.',
    needs: ["conditionalCreate"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "key", "first", { metadata: { of: "the first" } })
      await storage.put(FILES, "empty", "")
      for (const key of ["key", "empty"]) {
        const watched = watchedStream("a web stream", [utf8("second")])
        for (const body of ["second", utf8("second"), watched.body]) {
          const put = () => storage.put(FILES, key, body, { ifNoneMatch: "*", metadata: { of: "the second" } })
          await refuses(t, put, ["PRECONDITION_FAILED", "exists"], `a second put of ${key} with ifNoneMatch`)
        }
        t.ok(watched.ended || watched.cancels === 1, "the stream that was refused is neither read nor cancelled")
      }
      const found = await standing(storage, "key")
      t.equal([found?.bytes, found?.metadata, found?.etag], [utf8("first"), { of: "the first" }, etag], "the object")
      t.equal((await standing(storage, "empty"))?.size, 0, "the size of the empty object")
      t.equal(await keysOf(storage), ["empty", "key"], "keys")
    },
  }),
  clause("STORAGE-CREATE-03", {
    why: "Two programs believe that they have the lock, or the number.",
    fix: "Look and store in one step of the store: If-None-Match, ifGenerationMatch=0, link.",
    needs: ["conditionalCreate"],
    async check(t, storage, world) {
      await oneWins(t, storage, world, { ifNoneMatch: "*" }, "exists")
    },
  }),
  clause("STORAGE-CREATE-04", {
    why: "The program that won believes that it lost, and nobody does the work.",
    fix: "Do not repeat such a put blindly: look at what stands there, and tell one's own object by a mark of the call.",
    needs: ["conditionalCreate"],
    uses: ["faults"],
    async check(t, storage, world) {
      await isNotLost(t, storage, world, "key", (body) => storage.put(FILES, "key", body, { ifNoneMatch: "*" }))
    },
  }),
  clause("STORAGE-MATCH-01", {
    why: "A change of what was read cannot be stored.",
    fix: "Compare the ETag as it was given, in the step that stores.",
    needs: ["conditionalMatch"],
    async check(t, storage) {
      let { etag } = await storage.put(FILES, "key", "1")
      for (const text of ["2", "3"]) {
        const told = await storage.put(FILES, "key", text, { ifMatch: etag })
        t.equal(await textOf(storage, "key"), text, "the object")
        t.ok(told.etag !== etag, "the ETag is that of before")
        etag = told.etag
      }
      const head = await storage.head(FILES, "key")
      await storage.put(FILES, "key", watchedStream("a web stream", [utf8("4")]).body, { ifMatch: head?.etag })
      t.equal(await textOf(storage, "key"), "4", "the object after a put with the ETag of head")
    },
  }),
  clause("STORAGE-MATCH-02", {
    why: "Somebody's change is lost, since both began with the same object.",
    fix: 'Reject PRECONDITION_FAILED with details.reason "changed" where another ETag stands.',
    needs: ["conditionalMatch"],
    async check(t, storage) {
      const first = await storage.put(FILES, "key", "first")
      const other = await storage.put(FILES, "other", "of another key")
      const { etag } = await storage.put(FILES, "key", "second")
      for (const ifMatch of [first.etag, other.etag, OTHER_ETAG, `${etag}0`, etag.slice(0, -1) || "x"]) {
        for (const body of ["third", watchedStream("a web stream", [utf8("third")]).body]) {
          const put = () => storage.put(FILES, "key", body, { ifMatch })
          await refuses(t, put, ["PRECONDITION_FAILED", "changed"], "a put with another ETag")
        }
      }
      const found = await standing(storage, "key")
      t.equal([found?.bytes, found?.etag], [utf8("second"), etag], "the object")
    },
  }),
  clause("STORAGE-MATCH-03", {
    why: "An object that somebody deleted comes back.",
    fix: 'Reject PRECONDITION_FAILED, reason "changed", also where the server says that nothing is there.',
    needs: ["conditionalMatch"],
    async check(t, storage) {
      const { etag } = await storage.put(FILES, "deleted", "text")
      await storage.delete(FILES, "deleted")
      for (const [key, ifMatch] of [
        ["deleted", etag],
        ["absent", OTHER_ETAG],
      ] as const) {
        const put = () => storage.put(FILES, key, "text", { ifMatch })
        await refuses(t, put, ["PRECONDITION_FAILED", "changed"], `a put with ifMatch of what is ${key}`)
      }
      t.equal(await keysOf(storage), [], "keys")
    },
  }),
  clause("STORAGE-MATCH-04", {
    why: "A counter that two programs add to counts one of them.",
    fix: "Look and store in one step of the store, between processes too.",
    needs: ["conditionalMatch"],
    async check(t, storage, world) {
      await oneWins(t, storage, world, { ifMatch: OTHER_ETAG }, "changed")
    },
  }),
  clause("STORAGE-MATCH-05", {
    why: "The program whose change was stored does it again, on top of itself.",
    fix: "Do not repeat such a put blindly: look at what stands there, and tell one's own object by a mark of the call.",
    needs: ["conditionalMatch"],
    uses: ["faults"],
    async check(t, storage, world) {
      const { etag } = await storage.put(FILES, "key", "old")
      await isNotLost(t, storage, world, "key", (body) => storage.put(FILES, "key", body, { ifMatch: etag }))
    },
  }),
]
