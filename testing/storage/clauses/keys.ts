import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { PresignMethod, StorageCapabilities } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { forAll } from "../../families/roles.ts"
import { clause, FILES, keysOf, type StorageClient, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { reading, storing } from "../storing.ts"

/** A call of each method that is given a key. */
function callsWith(
  storage: StorageClient,
  key: string,
  { multipart, presignMethods }: StorageCapabilities,
): [what: string, call: () => Promise<unknown>][] {
  const there = { bucket: FILES, key: "there" }
  const calls: [string, () => Promise<unknown>][] = [
    ["put", () => storage.put(FILES, key, "refused")],
    ["get", () => storage.get(FILES, key)],
    ["head", () => storage.head(FILES, key)],
    ["delete", () => storage.delete(FILES, key)],
  ]
  if (typeof storage.deleteMany === "function") {
    calls.push(["deleteMany", () => storage.deleteMany(FILES, ["there", key])])
  }
  if (typeof storage.copy === "function") {
    calls.push(["copy from it", () => storage.copy({ bucket: FILES, key }, there)])
    calls.push(["copy to it", () => storage.copy(there, { bucket: FILES, key })])
  }
  for (const method of presignMethods as PresignMethod[]) {
    calls.push([`presign of ${method}`, () => storage.presign(FILES, key, { method, expiresIn: 60 })])
  }
  if (multipart) calls.push(["createUpload", () => storage.createUpload(FILES, key)])
  return calls
}

/** Every method refuses each of these keys, and changes nothing. */
async function areRefused(t: Checks, storage: StorageClient, world: StorageWorld, keys: readonly string[]) {
  await storage.put(FILES, "there", "text")
  for (const key of keys) {
    for (const [what, call] of callsWith(storage, key, world.capabilities)) {
      await t.rejects(call, "INVALID_ARGUMENT", `${what} with ${JSON.stringify(key)}`)
    }
  }
  t.equal(await keysOf(storage), ["there"], "keys")
  t.equal(await textOf(storage, "there"), "text", "the object that was there")
}

/** Each key holds the object that was stored under it, in whatever way; a delete of one leaves the others. */
async function standApart(t: Checks, storage: StorageClient, world: StorageWorld, keys: readonly string[]) {
  const sorted = [...keys].sort(compareCodePoints)
  for (const [way, store] of storing(storage, world.capabilities)) {
    await forAll(keys, (key) => store(storage, key, utf8(`${way}: ${key}`)))
    for (const [by, read] of reading) {
      const found = await forAll(keys, async (key) => new TextDecoder().decode(await read(storage, key)))
      t.equal(
        found,
        keys.map((key) => `${way}: ${key}`),
        `what ${by} gives of keys after ${way}`,
      )
    }
    t.equal(await keysOf(storage), sorted, `keys that are listed after ${way}`)
  }
  for (const [index, key] of sorted.entries()) {
    await storage.delete(FILES, key)
    t.equal(await keysOf(storage), sorted.slice(index + 1), `keys after a delete of ${JSON.stringify(key)}`)
  }
}

/** STORAGE-KEY: what is a key, beside the sentences that all names share. */
export const keysClauses = [
  clause("STORAGE-KEY-14", {
    why: "Browsers and clients fold such a path, so that the URL of the object is that of another one.",
    fix: "Refuse . and .. as a segment in every method, with the check of @objectos/sdk/contracts.",
    async check(t, storage, world) {
      const folded = [".", "..", "./x", "../x", "a/.", "a/..", "a/./b", "a/../b", "/..", "../", "a//../b", "../../etc"]
      await areRefused(t, storage, world, folded)
      const kept = [".hidden", "..x", "x..", "...", ".a.b", "..."].filter((key, at, all) => all.indexOf(key) === at)
      for (const key of kept) {
        await storage.put(FILES, key, `text of ${key}`)
        t.equal(await textOf(storage, key), `text of ${key}`, `the object of ${key}`)
      }
    },
  }),
  clause("STORAGE-KEY-15", {
    why: "A key with a line end breaks headers, logs and the XML of lists.",
    fix: "Refuse every character below U+0020 in every method.",
    async check(t, storage, world) {
      const marks = ["\0", "\x01", "\t", "\n", "\r", "\x1b", "\x1f"]
      await areRefused(t, storage, world, [...marks, ...marks.map((mark) => `a${mark}b`), "a\n", "\na"])
    },
  }),
  clause("STORAGE-KEY-16", {
    why: "Keys are texts: programs build them of parts, of which one may be empty.",
    fix: "Encode keys so that a slash is a character like any other, or declare exactKeys: false.",
    needs: ["exactKeys"],
    async check(t, storage, world) {
      await standApart(t, storage, world, ["a", "a/", "a//", "a//b", "a/b", "a/b/", "/a", "/", "//", "a/b/c", "a.b"])
    },
  }),
  clause("STORAGE-KEY-17", {
    why: "Hashes, URLs and titles are keys, and file systems end names at 255 bytes.",
    fix: "Cut long segments into several names, or store keys where they are no paths.",
    needs: ["exactKeys"],
    async check(t, storage, world) {
      const deep = Array.from({ length: 100 }, (_, number) => `${number}`).join("/")
      const segments = [
        "x".repeat(300),
        "é".repeat(150),
        `${"x".repeat(300)}/y`,
        `${"x".repeat(299)}Y`,
        "X".repeat(300),
      ]
      const longest = "/é".repeat(341).slice(0, 682)
      await standApart(t, storage, world, [deep, `${deep}/deeper`, ...segments, longest])
    },
  }),
]
