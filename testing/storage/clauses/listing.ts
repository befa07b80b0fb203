import type { ListOptions } from "../../../contracts/storage/options.ts"
import { clause, FILES, type StorageWorld, utf8 } from "../clause.ts"
import { deleteKeys, grouped, putKeys, shuffled, walk } from "../pages.ts"
import { storing } from "../storing.ts"

/** Keys whose order is often another: by UTF-16 units, by segments, by a language, without their case. */
const IN_ODD_ORDER = [
  "10",
  "9",
  "Z",
  "_",
  "a b",
  "a!b",
  "a-b",
  "a.b",
  "a/b",
  "a/c/d",
  "a/c-d",
  "a0b",
  "ab",
  "e\u0301",
  "z",
  "ä",
  "é",
  "\uff5e wide",
  "\ufffd replaced",
  "😀 beyond 16 bits",
] as const

/** Keys that a server must take literally, as a whole and as a prefix. */
const LITERAL = [
  "%",
  "%2F",
  "*",
  "+",
  "?",
  "[a]",
  "_",
  "a b",
  "a%2Fb",
  "a*",
  "a+b",
  "a.b",
  "a/b",
  "a/bc",
  "aXb",
  "a_b",
  "ab",
  "AB",
  "abc",
  "b/a/c",
  "photos/2024-01",
  "photos/2024/01",
  "photos/2025/01",
  "photosets",
  "über",
  "世界/世",
  "世界/界",
  "😀/a",
] as const
const PREFIXES = [
  "",
  "%",
  "%2",
  "*",
  "+",
  "?",
  "[a",
  "_",
  ".",
  "A",
  "a",
  "a ",
  "a%",
  "a%2F",
  "a*",
  "a+",
  "a.",
  "a/",
  "a/b",
  "a/b/",
  "a_",
  "ab",
  "abc",
  "abcd",
  "b",
  "photo",
  "photos",
  "photos/",
  "photos/202",
  "photos/2024",
  "photos/2024/",
  "Photos",
  "/",
  "世",
  "世界/",
  "世界/界",
  "ü",
  "u",
  "😀",
  "\\",
  "^a",
  "a|b",
] as const

/** Of a folder with files of one level and of two. */
const TREE = [
  "a",
  "b/1",
  "b/2",
  "b/c/1",
  "b/c/2",
  "b/d/1",
  "b-e/1",
  "c",
  "c.d/1",
  "d/e/f/g",
  "é/1",
  "😀/1",
  "\uff5e/1",
] as const
/** Those that servers with folders cannot keep. */
const ODD_TREE = ["/a", "b", "b/", "b//1", "b/c/", "d/", "d/e", "f/"] as const

const treeOf = ({ capabilities }: StorageWorld) => (capabilities.exactKeys ? [...TREE, ...ODD_TREE] : TREE)

/** Prefixes and delimiters of which other programs make folders. */
const FOLDERS: readonly ListOptions[] = [
  "",
  "b",
  "b/",
  "b/c",
  "b/c/",
  "b/c/1",
  "d/",
  "d/e/",
  "e",
  "/",
  "é/",
  "b//",
].map((prefix) => ({ prefix, delimiter: "/" }))

/** Delimiters that are no slash, with keys that have them. */
const DELIMITED: readonly (readonly [delimiter: string, keys: readonly string[]])[] = [
  ["-", ["a-b-c", "a-d", "a", "b-", "-a", "c/d-e/f"]],
  ["--", ["a--b--c", "a-b", "a---b", "b--", "--a", "a--"]],
  ["%2F", ["a%2Fb", "a/b", "a%2fb", "c%2F"]],
  ["é", ["aéb", "aeb", "ae\u0301b", "é"]],
  ["😀", ["a😀b", "a😁b", "a😀"]],
  ["b", ["abc", "aBc", "b", "bb", "c"]],
  [" ", ["a b", "a+b", "a%20b", "c d e"]],
  [".", ["a.b", "a-b", "aXb", ".hidden"]],
  ["ab/cd", ["1ab/cd2", "1ab/cd3", "1ab/c", "ab/c/cd"]],
  ["/", ["a/b", "c"]],
]

/** STORAGE-LIST: what lists give. Their pages are in `listing-pages.ts`. */
export const listingClauses = [
  clause("STORAGE-LIST-01", {
    why: "Two lists of which one is sorted otherwise cannot be compared while they are walked.",
    fix: "Sort keys as a whole by code points, which is the order of their UTF-8, however they were stored.",
    async check(t, storage, world) {
      const ways = storing(storage, world.capabilities)
      await putKeys(storage, ["other"], "others")
      for (const [index, key] of shuffled(IN_ODD_ORDER, world.random).entries()) {
        const [, store] = ways[index % ways.length] ?? []
        await store?.(storage, key, utf8(key))
      }
      const wanted = grouped(IN_ODD_ORDER).keys
      t.equal((await walk(storage)).keys, wanted, "keys of a list")
      t.equal((await walk(storage, { limit: 3 })).keys, wanted, "keys of pages of 3")
      t.equal((await walk(storage, {}, "others")).keys, ["other"], "keys of another bucket")
      const more = grouped([...IN_ODD_ORDER, "a-a"]).keys
      for (const [way, store] of ways) {
        await store(storage, "a-a", utf8(way))
        t.equal((await walk(storage)).keys, more, `keys after ${way} of one between them`)
        await storage.delete(FILES, "a-a")
      }
    },
  }),
  clause("STORAGE-LIST-02", {
    why: "A program that deletes what begins with a prefix deletes what does not.",
    fix: "Compare characters. Send a prefix encoded once, and escape what is a pattern to the server.",
    async check(t, storage, world) {
      await putKeys(storage, shuffled(LITERAL, world.random))
      for (const prefix of PREFIXES) {
        const { keys, prefixes } = await walk(storage, { prefix })
        t.equal(keys, grouped(LITERAL, { prefix }).keys, `keys with the prefix ${prefix}`)
        t.equal(prefixes, [], `prefixes without a delimiter, of ${prefix}`)
      }
    },
  }),
  clause("STORAGE-LIST-05", {
    why: "Who walks a bucket by folders must meet each file in one of them, and only in one.",
    fix: "Cut each key behind the first delimiter that comes after the prefix; what has none there is an object.",
    async check(t, storage, world) {
      const tree = treeOf(world)
      await putKeys(storage, shuffled(tree, world.random))
      for (const options of FOLDERS) {
        const { keys, prefixes } = await walk(storage, options)
        const wanted = grouped(tree, options)
        t.equal(prefixes, wanted.prefixes, `prefixes behind ${options.prefix}`)
        t.equal(keys, wanted.keys, `objects behind ${options.prefix}`)
      }
    },
  }),
  clause("STORAGE-LIST-07", {
    why: "Names are built with hyphens and dots as well, and are to be grouped by these.",
    fix: "Search for the whole delimiter as text, whatever it is; where the server knows only slashes, group here.",
    async check(t, storage, world) {
      for (const [index, [delimiter, keys]] of DELIMITED.entries()) {
        const bucket = `delimited-${index}`
        await putKeys(storage, shuffled(keys, world.random), bucket)
        for (const prefix of ["", "a", "c/"]) {
          const listed = await walk(storage, { prefix, delimiter }, bucket)
          const wanted = grouped(keys, { prefix, delimiter })
          t.equal(listed.prefixes, wanted.prefixes, `prefixes behind ${prefix} up to ${delimiter}`)
          t.equal(listed.keys, wanted.keys, `objects behind ${prefix} without ${delimiter}`)
        }
      }
    },
  }),
  clause("STORAGE-LIST-10", {
    why: "A bucket is new and empty once, and programs walk it all the same.",
    fix: "Give a page of nothing: an empty list is no error, and nothing follows it.",
    async check(t, storage) {
      const nothing = { objects: [], prefixes: [], pages: 1 }
      const listed = async (options: ListOptions) => {
        const { keys, pages, prefixes } = await walk(storage, options)
        return { objects: keys, prefixes, pages: pages.length }
      }
      const all: ListOptions[] = [{}, { prefix: "a" }, { delimiter: "/" }, { prefix: "a/", delimiter: "/", limit: 1 }]
      for (const options of all) t.equal(await listed(options), nothing, "of an empty bucket")
      await putKeys(storage, ["b", "c/d"])
      const absent: ListOptions[] = [{ prefix: "a" }, { prefix: "c/d/" }, { prefix: "d", delimiter: "/" }]
      for (const options of absent) t.equal(await listed(options), nothing, `of the prefix ${options.prefix}`)
      await deleteKeys(storage, ["b", "c/d"])
      for (const options of all) t.equal(await listed(options), nothing, "of a bucket that is empty again")
    },
  }),
  clause("STORAGE-LIST-11", {
    why: "A mirror takes the size, the ETag and the time of a list to decide what it fetches.",
    fix: "Tell in a list what is stored with the object, in the same form as head.",
    async check(t, storage, world) {
      for (const [way, store] of storing(storage, world.capabilities)) {
        const key = `stored by ${way}`
        for (const [round, body] of ["Grüße, 世界", "", "a longer text than before"].entries()) {
          if (world.manualTime) await world.pass(2)
          await store(storage, key, utf8(body), { metadata: { round: String(round) } })
          const info = await storage.head(FILES, key)
          const [object] = (await walk(storage, { prefix: key })).pages.flatMap(({ objects }) => objects)
          const told = (one: typeof object) => ({
            bucket: one?.bucket,
            key: one?.key,
            size: one?.size,
            etag: one?.etag,
            second: Math.floor(Number(one?.lastModified) / 1000),
          })
          t.equal(told(object), told(info), `what list tells of an object ${key}, round ${round}`)
          t.ok(object?.lastModified instanceof Date, "lastModified is no Date")
        }
      }
    },
  }),
  clause("STORAGE-LIST-12", {
    why: "A prefix with a mistake in its name lists the whole bucket, which is then deleted.",
    fix: "Check the options before anything is asked.",
    async check(t, storage) {
      await putKeys(storage, ["a", "b"])
      const refused: unknown[] = [
        { prefx: "a" },
        { Prefix: "a" },
        { startAfter: "a" },
        { delimiter: "" },
        { delimiter: 1 },
        { delimiter: null },
        { delimiter: "\ud800" },
        { delimiter: "-".repeat(65) },
        { prefix: 1 },
        { prefix: null },
        { prefix: ["a"] },
        { prefix: "\udc00" },
        { prefix: "x".repeat(1025) },
        { cursor: 1 },
        "a",
        null,
        ["a"],
      ]
      for (const options of refused as ListOptions[]) {
        const what = `list with ${JSON.stringify(options).slice(0, 40)}`
        await t.rejects(() => storage.list(FILES, options), "INVALID_ARGUMENT", what)
      }
      t.equal((await walk(storage, { prefix: undefined })).keys, ["a", "b"], "keys with a prefix that is left out")
    },
  }),
]
