import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { PresignMethod } from "../../../contracts/storage/storage.ts"
import type { Checks } from "../../engine/checks.ts"
import { forAll } from "../../families/roles.ts"
import { clause, FILES, keysOf, type StorageClient, type StorageWorld, textOf, utf8 } from "../clause.ts"
import { reading, storing } from "../storing.ts"

/** A call of each method that takes a key, and where there are two, with each of them. */
function callsWith(
  storage: StorageClient,
  key: string,
  { multipart, presignMethods }: StorageWorld["capabilities"],
): [what: string, call: () => Promise<unknown>][] {
  const [there, meant] = [
    { bucket: FILES, key: "there" },
    { bucket: FILES, key },
  ]
  const calls: [what: string, isOffered: boolean, call: () => Promise<unknown>][] = [
    ["put", true, () => storage.put(FILES, key, "text")],
    ["put of a stream", true, () => storage.put(FILES, key, new Blob(["text"]).stream())],
    ["get", true, () => storage.get(FILES, key)],
    ["head", true, () => storage.head(FILES, key)],
    ["delete", true, () => storage.delete(FILES, key)],
    ["deleteMany", typeof storage.deleteMany === "function", () => storage.deleteMany(FILES, ["absent", key])],
    ["copy from it", typeof storage.copy === "function", () => storage.copy(meant, { bucket: FILES, key: "copy" })],
    ["copy to it", typeof storage.copy === "function", () => storage.copy(there, meant)],
    ["createUpload", multipart, () => storage.createUpload(FILES, key)],
  ]
  for (const method of presignMethods as PresignMethod[]) {
    calls.push([`presign of ${method}`, true, () => storage.presign(FILES, key, { method, expiresIn: 60 })])
  }
  return calls.filter(([, isOffered]) => isOffered).map(([what, , call]) => [what, call])
}

/** Each method refuses each key, and nothing changes. */
async function areRefused(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  keys: readonly string[],
): Promise<void> {
  await storage.put(FILES, "there", "text")
  for (const key of keys) {
    for (const [what, call] of callsWith(storage, key, world.capabilities)) {
      await t.rejects(call, "INVALID_ARGUMENT", `${what} of ${JSON.stringify(key)}`)
    }
  }
  t.equal(await keysOf(storage), ["there"], "keys afterwards")
  t.equal(await textOf(storage, "there"), "text", "the object that was there")
  await storage.delete(FILES, "there")
}

/** Each key holds the object that was stored under it, in whatever way; a delete of one leaves the others. */
async function standApart(
  t: Checks,
  storage: StorageClient,
  world: StorageWorld,
  keys: readonly string[],
): Promise<void> {
  const sorted = keys.toSorted(compareCodePoints)
  for (const [way, store] of storing(storage, world.capabilities)) {
    await forAll(keys, (key) => store(storage, key, utf8(`${way}: ${key}`)))
    const wanted = keys.map((key) => `${way}: ${key}`)
    for (const [by, read] of reading) {
      const found = await forAll(keys, async (key) => new TextDecoder().decode(await read(storage, key)))
      t.equal(found, wanted, `what ${by} gives of keys after ${way}`)
    }
    t.equal(await keysOf(storage), sorted, `keys that are listed after ${way}`)
  }
  const told = await forAll(keys, async (key) => (await storage.head(FILES, key))?.key)
  t.equal(told, keys, "the keys that head tells")
  for (const [index, key] of sorted.entries()) {
    await storage.delete(FILES, key)
    t.equal(await keysOf(storage), sorted.slice(index + 1), `keys after a delete of ${JSON.stringify(key)}`)
  }
}

/** STORAGE-KEY: keys that are paths. Those of every service are in `families/names.ts`. */
export const keysClauses = [
  clause("STORAGE-KEY-14", {
    why: "No URL can carry them: browsers and servers take them out, and another object is read, or written.",
    fix: "Refuse them in every method, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, storage, world) {
      await areRefused(t, storage, world, [
        ".",
        "..",
        "./there",
        "../there",
        "a/./b",
        "a/../there",
        "a/.",
        "a/..",
        "/..",
        "../../etc/passwd",
      ])
      const names = [".hidden", "..x", "...", "x..", "x.", "a.b", ".a.b", "%2e%2e"]
      const paths = ["f/.hidden", "f/..x", "f/x..", "g.../b", "..g/b", "f/%2e%2e"]
      await standApart(t, storage, world, [...names, ...paths])
    },
  }),
  clause("STORAGE-KEY-15", {
    why: "Lists in XML cannot tell them, and a log line that has one is two.",
    fix: "Refuse them in every method, as the checks of arguments in @objectos/sdk/contracts do.",
    async check(t, storage, world) {
      const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code))
      const keys = controls.flatMap((mark) => [`there${mark}`, `${mark}there`, `a${mark}b`])
      await areRefused(t, storage, world, [...keys, "\0", "\n", "\t\t", "folder/\r\n"])
    },
  }),
  clause("STORAGE-KEY-16", {
    why: "What is a folder in one store is an object in the next: files of users run into each other when they move.",
    fix: "Keep keys as texts: give a key another name in the store where paths cannot tell it.",
    needs: ["exactKeys"],
    async check(t, storage, world) {
      const keys = [
        "a",
        "a/",
        "a//",
        "a//b",
        "a/b",
        "/a",
        "//a",
        "a/b/",
        "a/b//c",
        "/",
        "//",
        "A/",
        "a\\b",
        "a/B",
        "a.b",
      ]
      await standApart(t, storage, world, keys)
    },
  }),
  clause("STORAGE-KEY-17", {
    why: "Keys are made of titles and of paths, and a cut one is that of another file.",
    fix: "Split what is too long for a name of the file system; do not cut it, nor hash it to a few bits.",
    async check(t, storage, world) {
      const { exactKeys, maxKeyBytes } = world.capabilities
      const deep = `${"d/".repeat(99)}`
      const keys = [`${deep}x`, `${deep}y`, `${"e/".repeat(99)}x`, `${"e/".repeat(98)}x`]
      const long = "n".repeat(299)
      const wide = "é".repeat(149)
      const segments = [
        `${long}x`,
        `${long}y`,
        `f/${long}x/${long}x`,
        `f/${long}x/${long}y`,
        `g/${wide}x`,
        `g/${wide}y`,
      ]
      const all = exactKeys ? [...keys, ...segments] : keys
      const fitting = all.filter((key) => utf8(key).length <= maxKeyBytes)
      await standApart(t, storage, world, fitting)
    },
  }),
]
