import { clause, FILES, keysOf, refuses, textOf, utf8 } from "../clause.ts"
import { putKeys } from "../pages.ts"
import { storing } from "../storing.ts"

/** Neighbours of `report`: begun by it, in another case, in a folder, with characters of patterns. */
const NEIGHBOURS = ["REPORT", "r*", "repor", "repor?", "report-2", "report.txt", "reporting", "reports/report"]

/** Keys that no method takes. */
const REFUSED = ["", "a/../b", "x".repeat(1025), "\ud800", "line\nend", 7, undefined] as string[]

/** STORAGE-DEL: deleting. */
export const deletingClauses = [
  clause("STORAGE-DEL-01", {
    why: "A file that was deleted is read again, or one that nobody wanted to lose is gone.",
    fix: "Remove what has exactly this bucket and key; a prefix or a pattern is none of them.",
    async check(t, storage, world) {
      await putKeys(storage, NEIGHBOURS)
      await putKeys(storage, ["report"], "others")
      for (const [way, store] of storing(storage, world.capabilities)) {
        await store(storage, "report", utf8(way))
        await storage.delete(FILES, "report")
        t.equal(await storage.head(FILES, "report"), undefined, `head after delete of what ${way} stored`)
        const get = () => storage.get(FILES, "report")
        await refuses(t, get, ["NOT_FOUND", "object"], `get after delete of what ${way} stored`)
        t.equal(await keysOf(storage), NEIGHBOURS, `keys after delete of what ${way} stored`)
      }
      for (const key of NEIGHBOURS) t.equal(await textOf(storage, key), key, `a neighbour, ${key}`)
      t.equal(await textOf(storage, "report", "others"), "report", "the same key of another bucket")
    },
  }),
  clause("STORAGE-DEL-02", {
    why: "A delete that is tried again must not fail, since nobody knows whether the first one was done.",
    fix: "Resolve where nothing stands: not found is what was wanted.",
    async check(t, storage, { capabilities }) {
      await putKeys(storage, [...NEIGHBOURS, "report"])
      const absent: [what: string, key: string][] = [
        ["an object", "report"],
        ["the same object again", "report"],
        ["what never was", "never"],
        ["a key that others begin with", "repo"],
        ["a key in a folder that is not there", "no/such/folder"],
      ]
      const folders: [what: string, key: string][] = [
        ["a folder", "reports"],
        ["a folder with its slash", "reports/"],
      ]
      for (const [what, key] of capabilities.exactKeys ? [...absent, ...folders] : absent) {
        const { error } = await t.outcome(() => storage.delete(FILES, key), "delete")
        t.equal(error, undefined, `what delete of ${what} rejects with`)
      }
      t.equal(await keysOf(storage), NEIGHBOURS, "keys that are left")
    },
  }),
  clause("STORAGE-DEL-03", {
    why: "Who has a thousand files deleted must know which are still there.",
    fix: "Count the keys that do not stand any more, also those that never did; name each other one in failed.",
    methods: ["deleteMany"],
    async check(t, storage, world) {
      await putKeys(storage, ["report", "repor"], "others")
      const left = NEIGHBOURS.filter((key) => key !== "r*" && key !== "repor")
      for (const [way, store] of storing(storage, world.capabilities)) {
        await putKeys(storage, NEIGHBOURS)
        await store(storage, "report", utf8(way))
        const report = await storage.deleteMany(FILES, ["report", "never", "r*", "repor"])
        t.equal(report, { deleted: 4, failed: [] }, `deleteMany of three objects, one by ${way}, and a key without one`)
        t.equal(await keysOf(storage), left, `keys after deleteMany of what ${way} stored`)
        t.equal(await storage.head(FILES, "report"), undefined, `head after deleteMany of what ${way} stored`)
      }
      for (const key of left) t.equal(await textOf(storage, key), key, `a neighbour, ${key}`)
      t.equal(await keysOf(storage, "others"), ["repor", "report"], "keys of another bucket")
    },
  }),
  clause("STORAGE-DEL-04", {
    why: "Lists of keys come from elsewhere: they are empty, have doubles, and are longer than servers take.",
    fix: "Send nothing for no key, each key once, and 1,000 keys at a time.",
    methods: ["deleteMany"],
    async check(t, storage) {
      await putKeys(storage, ["stays", "twice"])
      t.equal(await storage.deleteMany(FILES, []), { deleted: 0, failed: [] }, "deleteMany of no key")
      t.equal(await keysOf(storage), ["stays", "twice"], "keys after deleteMany of none")
      const doubled = await storage.deleteMany(FILES, ["twice", "never", "twice"])
      t.equal(doubled, { deleted: 2, failed: [] }, "deleteMany of two keys, one of them twice")
      const keys = Array.from({ length: 2101 }, (_, number) => `key ${number}`)
      const there = [0, 1, 998, 999, 1000, 1001, 1999, 2000, 2100].map((number) => `key ${number}`)
      await putKeys(storage, there)
      t.equal(await storage.deleteMany(FILES, keys), { deleted: 2101, failed: [] }, "deleteMany of 2,101 keys")
      t.equal(await keysOf(storage), ["stays"], "keys after deleteMany of 2,101")
    },
  }),
  clause("STORAGE-DEL-05", {
    why: "A list with a mistake is mended and given again; what was deleted before cannot be mended.",
    fix: "Check all keys before the first is deleted.",
    methods: ["deleteMany"],
    async check(t, storage) {
      const keys = ["first", "last"]
      await putKeys(storage, keys)
      const many = Array.from({ length: 1500 }, (_, number) => `key ${number}`)
      for (const refused of REFUSED) {
        const lists = [
          [refused, ...keys],
          ["first", refused, "last"],
          [...keys, refused],
          [...keys, ...many, refused],
        ]
        for (const list of lists) {
          const what = `deleteMany with ${JSON.stringify(refused)?.slice(0, 10)} in place ${list.indexOf(refused) + 1}`
          await t.rejects(() => storage.deleteMany(FILES, list), "INVALID_ARGUMENT", what)
        }
      }
      for (const none of [undefined, "first", { keys }, new Set(keys)] as unknown as string[][]) {
        await t.rejects(() => storage.deleteMany(FILES, none), "INVALID_ARGUMENT", "deleteMany of what is no array")
      }
      t.equal(await keysOf(storage), keys, "keys that are left")
    },
  }),
]
