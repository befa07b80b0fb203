import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import type { ListOptions } from "../../../contracts/storage/options.ts"
import { clause, FILES, keysOf } from "../clause.ts"
import { deleteKeys, firstPage, grouped, putKeys, shuffled, walk } from "../pages.ts"

/** Two dozen keys that stand in some order of their own, of several lengths and alphabets. */
const KEYS = [
  ...Array.from({ length: 12 }, (_, number) => `${number}`),
  ..."abcdef".split("").map((letter) => `folder/${letter}`),
  "%",
  "a b",
  "a+b",
  "é",
  "\uff5e",
  "😀",
  "😀 2",
]
/** Five folders, and an object between each two. */
const FOLDERS = ["b", "d", "f", "h", "😀"].flatMap((folder) => [1, 2, 3].map((file) => `${folder}/${file}`))
const TREE = [...FOLDERS, "a", "c", "e", "g", "\uff5e"]

/** What is not among the objects of a list twice. */
function doubles(keys: readonly string[]): string[] {
  return keys.filter((key, index) => keys.indexOf(key) !== index)
}

/** STORAGE-LIST: the pages of lists. */
export const listingPagesClauses = [
  clause("STORAGE-LIST-03", {
    why: "A backup by pages that leaves out a file is found out when the file is needed.",
    fix: "Go on behind the last key that was given, and give a cursor while more follows.",
    async check(t, storage, world) {
      await putKeys(storage, shuffled(KEYS, world.random))
      const searches: ListOptions[] = [{}, { prefix: "1" }, { prefix: "folder/" }, { delimiter: "/" }]
      for (const options of searches) {
        const { keys, prefixes } = grouped(KEYS, options)
        for (const limit of [1, 2, 3, 5, 6, 7, KEYS.length - 1, KEYS.length, KEYS.length + 1, 1000]) {
          const listed = await walk(storage, { ...options, limit })
          const what = `pages of ${limit} with ${JSON.stringify(options)}`
          t.equal(listed.keys, keys, `keys of ${what}`)
          t.equal(listed.prefixes, prefixes, `prefixes of ${what}`)
          const largest = Math.max(...listed.pages.map(({ objects, prefixes }) => objects.length + prefixes.length))
          t.ok(largest <= limit, `one of the ${what} has ${largest}`)
        }
      }
    },
  }),
  clause("STORAGE-LIST-04", {
    why: "Programs delete what they have listed, page by page, while others put.",
    fix: "Let a cursor name the last key, and go on with the first one behind it, whether it still stands or not.",
    async check(t, storage) {
      const names = Array.from({ length: 30 }, (_, number) => `key ${String(number).padStart(2, "0")}`)
      /** Walks the bucket by pages of 5; what happens after the first page must move no other object. */
      const under = async (what: string, change: (listed: readonly string[]) => Promise<unknown>) => {
        await deleteKeys(storage, await keysOf(storage))
        await putKeys(storage, names)
        const first = await firstPage(storage, { limit: 5 })
        const listed = first.objects.map(({ key }) => key)
        if (first.cursor === undefined) return t.ok(listed.length === names.length, "the first of many has no cursor")
        await change(listed)
        const { cursor } = first
        const rest = await walk(storage, { limit: 5, cursor })
        const standing = new Set(await keysOf(storage))
        const untouched = names.filter((key) => standing.has(key) && !listed.includes(key))
        t.equal(
          rest.keys.filter((key) => names.includes(key) && standing.has(key)),
          untouched,
          `what the pages after ${what} have of the objects that stayed`,
        )
        t.equal(doubles([...listed, ...rest.keys]), [], `keys that were listed twice, after ${what}`)
        const again = await walk(storage, { limit: 5, cursor })
        t.equal(again.keys, rest.keys, `what the same cursor gives again, after ${what}`)
      }
      const last = (keys: readonly string[]) => keys.at(-1) ?? ""
      await under("a put before it", () => storage.put(FILES, "key", ""))
      await under("puts before it", () => putKeys(storage, ["a", "b", "key 00 b", "key 01 b"]))
      await under("a delete of the first", ([first = ""]) => storage.delete(FILES, first))
      await under("deletes of all before it", (listed) => deleteKeys(storage, listed))
      await under("a delete of the last before it", (listed) => storage.delete(FILES, last(listed)))
      await under("a put right behind it", (listed) => storage.put(FILES, `${last(listed)}!`, ""))
      await under("a delete of the next", () => deleteKeys(storage, ["key 05", "key 06"]))
      await under("a put over the next", () => storage.put(FILES, "key 05", "another"))
      await under("a put over the last before it", (listed) => storage.put(FILES, last(listed), "another"))
      await under("a delete of all behind it", (listed) => {
        return deleteKeys(
          storage,
          names.filter((key) => !listed.includes(key)),
        )
      })
      await under("a delete of all but the last", () => deleteKeys(storage, names.slice(0, -1)))
    },
  }),
  clause("STORAGE-LIST-06", {
    why: "A folder that comes with each page is shown, or paid for, as often as it has pages.",
    fix: "Count prefixes as objects, and let the cursor skip all that begins with a prefix that was given.",
    async check(t, storage, world) {
      await putKeys(storage, shuffled(TREE, world.random))
      const { keys, prefixes } = grouped(TREE, { delimiter: "/" })
      for (const limit of [1, 2, 3, 4, 9, 10, 11]) {
        const listed = await walk(storage, { delimiter: "/", limit })
        t.equal(doubles(listed.prefixes), [], `prefixes that are there again, in pages of ${limit}`)
        t.equal(listed.prefixes, prefixes, `prefixes of pages of ${limit}`)
        t.equal(listed.keys, keys, `objects of pages of ${limit}`)
        for (const { objects, prefixes } of listed.pages) {
          const count = objects.length + prefixes.length
          t.ok(count <= limit, `${count} objects and prefixes on a page of ${limit}`)
        }
      }
      await putKeys(storage, FOLDERS, "folders")
      for (const limit of [1, 2, 4]) {
        const listed = await walk(storage, { delimiter: "/", limit }, "folders")
        const wanted = grouped(FOLDERS, { delimiter: "/" }).prefixes
        t.equal(listed.prefixes, wanted, `prefixes of a bucket of folders alone, in pages of ${limit}`)
      }
      const first = await firstPage(storage, { delimiter: "/", limit: 2 })
      const [behind] = first.prefixes
      if (behind === undefined) return
      await deleteKeys(
        storage,
        TREE.filter((key) => key.startsWith(behind)),
      )
      const rest = await walk(storage, { delimiter: "/", limit: 2, cursor: first.cursor })
      t.equal(
        rest.prefixes,
        prefixes.filter((prefix) => prefix !== behind),
        "prefixes behind one that is gone",
      )
    },
  }),
  clause("STORAGE-LIST-08", {
    why: "A cursor from a link that somebody has changed, or of another search, gives pages of something else.",
    fix: "Write prefix and delimiter into the cursor, and refuse every other before anything is asked.",
    async check(t, storage) {
      await putKeys(storage, [...KEYS.filter((key) => key !== "😀"), ...FOLDERS])
      const cursorOf = async (options: ListOptions) => (await storage.list(FILES, { ...options, limit: 2 })).cursor
      const searches: ListOptions[] = [
        {},
        { prefix: "f" },
        { prefix: "folder/" },
        { delimiter: "/" },
        { delimiter: "o" },
        { prefix: "f", delimiter: "/" },
        { prefix: "folder", delimiter: "/" },
      ]
      for (const from of searches) {
        const cursor = await cursorOf(from)
        if (cursor === undefined) continue
        for (const to of searches) {
          const what = `a cursor of ${JSON.stringify(from)} with ${JSON.stringify(to)}`
          const listing = () => storage.list(FILES, { ...to, cursor })
          if (from === to) t.equal((await t.outcome(listing, what)).error, undefined, what)
          else await t.rejects(listing, "INVALID_ARGUMENT", what)
        }
      }
      const cursor = (await cursorOf({})) ?? ""
      const strange = [
        "",
        "a",
        "0",
        "5",
        "%",
        "é",
        "{}",
        "[]",
        "null",
        "e30",
        "bnVsbA",
        "folder/a",
        "undefined",
        `${cursor} `,
      ]
      for (const cursor of strange) {
        await t.rejects(() => storage.list(FILES, { cursor }), "INVALID_ARGUMENT", `the cursor ${cursor}`)
      }
    },
  }),
  clause("STORAGE-LIST-09", {
    why: "A page without a limit fills the memory, and a limit that is cut makes programs stop after a page.",
    fix: "Check the limit before anything is asked, and give no more than it says, or than 1,000.",
    async check(t, storage) {
      const keys = Array.from({ length: 1007 }, (_, number) => `key ${number}`)
      await putKeys(storage, keys)
      for (const options of [{}, { limit: 1000 }, { limit: undefined }]) {
        const { pages, keys: listed } = await walk(storage, options)
        t.equal(listed, keys.toSorted(compareCodePoints), `keys of all pages with ${JSON.stringify(options)}`)
        const largest = Math.max(...pages.map(({ objects }) => objects.length))
        t.ok(largest <= 1000, `a page with ${JSON.stringify(options)} has ${largest} objects`)
      }
      for (const limit of [0, -1, 1.5, 1001, 5000, Number.NaN, Number.POSITIVE_INFINITY, "10", null, true]) {
        const listing = () => storage.list(FILES, { limit: limit as number })
        await t.rejects(listing, "INVALID_ARGUMENT", `a limit of ${String(limit)}`)
      }
    },
  }),
]
