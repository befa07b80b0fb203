import fsPromises, { mkdir, symlink, writeFile } from "node:fs/promises"
import { syncBuiltinESMExports } from "node:module"
import { join } from "node:path"
import fc from "fast-check"
import { expect, it, onTestFinished } from "vitest"
import { compareCodePoints } from "../../../contracts/foundation/text.ts"
import { objectKeyIssue } from "../../../contracts/storage/arguments.ts"
import type { ListOptions, Storage } from "../../../contracts/storage/storage.ts"
import { pageOfKeys } from "../../../core/storage/for-adapters.ts"
import { fileOf, openedStorage } from "./opened-storage.fixture.ts"

/** All pages, as long as they go on. */
async function pagesOf(storage: Storage, options: ListOptions) {
  const pages: { keys: string[]; prefixes: string[] }[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list("files", { ...options, cursor })
    pages.push({ keys: page.objects.map(({ key }) => key), prefixes: page.prefixes })
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

/** Directories that are read from here on, without those before `objects`. */
function watchedReads(): string[] {
  const reads: string[] = []
  const { readdir } = fsPromises
  fsPromises.readdir = ((path: string, ...rest: []) => {
    reads.push(path.replace(/^.*\/objects\/?/, ""))
    return readdir(path, ...rest)
  }) as typeof readdir
  syncBuiltinESMExports()
  onTestFinished(() => {
    fsPromises.readdir = readdir
    syncBuiltinESMExports()
  })
  return reads
}

const character = fc.constantFrom("a", "b", "/", "/", "-", ".", "0", "A", "é", " ", "~", "\u{1F600}", "\uffee", "_")
const short = fc.array(character, { minLength: 1, maxLength: 6 }).map((characters) => characters.join(""))
const long = fc
  .tuple(fc.constantFrom("a", "é", "A"), fc.integer({ min: 60, max: 140 }), short)
  .map(([char, count, end]) => char.repeat(count) + end)
const key = fc.oneof({ weight: 4, arbitrary: short }, { weight: 1, arbitrary: long }).filter((text) => {
  return objectKeyIssue(text) === undefined
})

it("gives the pages of a sorted list of the keys, whatever they are", async () => {
  const { storage } = await openedStorage()
  const options = fc.record({
    prefix: fc.option(fc.oneof(fc.string({ maxLength: 2 }), short, key), { nil: undefined }),
    delimiter: fc.option(fc.constantFrom("/", "-", "a", "/a", "//", "é", "a/"), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 9 }),
  })
  const tried = fc.asyncProperty(
    fc.uniqueArray(key, { maxLength: 25 }),
    fc.array(options, { maxLength: 6 }),
    async (keys, many) => {
      const { objects } = await storage.list("files")
      await storage.deleteMany(
        "files",
        objects.map(({ key }) => key),
      )
      await Promise.all(keys.map((key) => storage.put("files", key, "")))
      const sorted = keys.toSorted(compareCodePoints)
      for (const given of many) {
        if (given.prefix?.isWellFormed() === false) continue
        let cursor: string | undefined
        const wanted: { keys: string[]; prefixes: string[] }[] = []
        do {
          const page = pageOfKeys(sorted, { ...given, cursor })
          wanted.push({ keys: page.keys, prefixes: page.prefixes })
          cursor = page.cursor
        } while (cursor !== undefined)
        expect(await pagesOf(storage, given)).toEqual(wanted)
      }
    },
  )
  await fc.assert(tried, { numRuns: 60 })
})

it("goes on behind a cursor whose object and whose directory are gone", async () => {
  const { storage } = await openedStorage()
  for (const key of ["a/b/1", "a/b/2", "a/c", "b"]) await storage.put("files", key, "")
  const { cursor } = await storage.list("files", { limit: 1 })
  await storage.deleteMany("files", ["a/b/1", "a/b/2"])
  expect((await storage.list("files", { cursor })).objects.map(({ key }) => key)).toEqual(["a/c", "b"])
})

it("reads only directories that can hold what it looks for", async () => {
  const { storage } = await openedStorage()
  for (const one of ["a", "b", "c"]) {
    for (const two of ["1", "2", "3"]) await storage.put("files", `${one}/${two}/key`, "")
  }
  const reads = watchedReads()
  const read = async (options: ListOptions) => {
    reads.length = 0
    const page = await storage.list("files", options)
    return { page, read: reads.map((path) => path.replaceAll("+", "").replace(/\/$/, "")) }
  }
  expect((await read({ prefix: "b/2/k" })).read).toEqual(["b/2"])
  expect((await read({ prefix: "b/2" })).read).toEqual(["b", "b/2"])
  const first = await read({ limit: 4 })
  expect(first.read).toEqual(["", "a", "a/1", "a/2", "a/3", "b", "b/1", "b/2"])
  const second = await read({ limit: 1, cursor: first.page.cursor })
  expect(second.read).toEqual(["", "b", "b/1", "b/2", "b/3"])
})

it("looks into a group no further than to its first object", async () => {
  const { storage } = await openedStorage()
  for (const one of ["a", "b"]) {
    for (const two of ["1", "2", "3"]) await storage.put("files", `${one}/${two}/key`, "")
  }
  const reads = watchedReads()
  const page = await storage.list("files", { delimiter: "/" })
  expect(page.prefixes).toEqual(["a/", "b/"])
  expect(reads).toEqual(["", "a+/", "a+/1+/", "b+/", "b+/1+/"])
})

it("lists no group of a directory that is empty", async () => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "b/1", "")
  await mkdir(fileOf(root, "a/b/1").replace("/1@", ""), { recursive: true })
  expect(await storage.list("files", { delimiter: "/" })).toEqual({ objects: [], prefixes: ["b/"] })
})

it("passes over what it has not put there", async () => {
  const { root, storage } = await openedStorage()
  await storage.put("files", "m", "")
  const objects = join(root, "buckets/files/objects")
  for (const name of ["plain", "A@", "a b@", ".DS_Store", "%0a@", "..@", "~ff@", "@", "x@~", "%2e@"]) {
    await writeFile(join(objects, name), "strange")
  }
  for (const name of ["folder", "a@", "lost+found"]) await mkdir(join(objects, name))
  await writeFile(join(objects, "folder", "z@"), "strange")
  await writeFile(join(objects, "z+"), "no directory")
  await symlink(fileOf(root, "m"), join(objects, "l@"))
  await symlink(objects, join(objects, "k+"))
  expect((await storage.list("files")).objects.map(({ key }) => key)).toEqual(["m"])
  expect((await storage.list("files", { delimiter: "/" })).prefixes).toEqual([])
})

it("gives what is there all the time once, while other objects come and go", async () => {
  const { storage } = await openedStorage()
  const steady = Array.from({ length: 300 }, (_, index) => `${index % 7}/${String(index).padStart(3, "0")}`).sort()
  await Promise.all(steady.map((key) => storage.put("files", key, "")))
  let isListing = true
  const changing = (async () => {
    for (let index = 0; isListing; index++) {
      const key = `${index % 7}/x${index % 50}/deep`
      await storage.put("files", key, "")
      await storage.put("files", steady[index % 300] as string, "again")
      await storage.delete("files", key)
    }
  })()
  for (let round = 0; round < 5; round++) {
    const keys = (await pagesOf(storage, { limit: 17 })).flatMap((page) => page.keys)
    expect(keys.filter((key) => !key.includes("x"))).toEqual(steady)
    expect(new Set(keys).size).toBe(keys.length)
  }
  isListing = false
  await changing
})
