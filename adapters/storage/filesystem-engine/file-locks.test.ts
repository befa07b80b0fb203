import { mkdir, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises"
import { beforeEach, expect, it } from "vitest"
import { FileLocks } from "./file-locks.ts"
import { temporaryFolder } from "./opened-storage.fixture.ts"
import { processIdentity } from "./process-identity.ts"

/** Of another machine, so that nobody knows whether it runs. */
const STRANGER = "0123456789abcdef.1.1"

let folder: string
let identity: string

beforeEach(async () => {
  folder = await temporaryFolder()
  identity = await processIdentity()
})

const locksOf = (times: { hungMs?: number; waitMs?: number } = {}) => new FileLocks(folder, identity, times)

/** The file of a lock, as it is while it is held. */
async function fileOfLock(name: string): Promise<string> {
  return locksOf().hold(name, async () => `${folder}/${(await readdir(folder))[0]}`)
}

async function leave(path: string, holder: string) {
  await rm(path, { force: true })
  await symlink(holder, path)
}

/** How many hold a lock at the same time, at most. */
function counter() {
  let [now, most] = [0, 0]
  return {
    work: async () => {
      most = Math.max(most, ++now)
      await new Promise((done) => setImmediate(done))
      now--
    },
    most: () => most,
  }
}

it("is held by one at a time, and is gone afterwards", async () => {
  const { most, work } = counter()
  const instances = [locksOf(), locksOf(), locksOf()]
  await Promise.all(instances.flatMap((locks) => Array.from({ length: 10 }, () => locks.hold("a", work))))
  expect(most()).toBe(1)
  await expect(locksOf().hold("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no")
  expect(await readdir(folder)).toEqual([])
})

it("of another name does not wait", async () => {
  await locksOf().hold("a", () => locksOf().hold("b", async () => {}))
})

it("of a process that has ended is taken over at once, by one", async () => {
  const path = await fileOfLock("a")
  const [space = ""] = identity.split(".")
  // No process has this number; and of one that began at another time, another one had the number before.
  for (const holder of [`${space}.999999999.1`, `${space}.${process.pid}.1`]) {
    await leave(path, `${holder} x`)
    const { most, work } = counter()
    await Promise.all(Array.from({ length: 10 }, () => locksOf().hold("a", work)))
    expect(most()).toBe(1)
    expect(await readdir(folder)).toEqual([])
  }
})

it("that nobody gives back is taken over when its time is over, by one", async () => {
  const path = await fileOfLock("a")
  for (const holder of [`${STRANGER} x`, "no holder at all"]) {
    await leave(path, holder)
    const { most, work } = counter()
    await Promise.all(Array.from({ length: 10 }, () => locksOf({ hungMs: 50 }).hold("a", work)))
    expect(most()).toBe(1)
    expect(await readdir(folder)).toEqual([])
  }
})

it("is not waited for where something else stands", async () => {
  const path = await fileOfLock("a")
  await writeFile(path, "")
  const foreign = { code: "CORRUPT", details: { reason: "foreign" } }
  await expect(locksOf().hold("a", async () => {})).rejects.toMatchObject(foreign)
})

it("is waited for so long and no longer", async () => {
  const path = await fileOfLock("a")
  await leave(path, `${STRANGER} x`)
  const busy = { code: "UNAVAILABLE", retryable: true, details: { reason: "lock" } }
  await expect(locksOf({ waitMs: 50 }).hold("a", async () => {})).rejects.toMatchObject(busy)
  expect(await readlink(path)).toBe(`${STRANGER} x`)
})

it("that was taken away is told of, and that of the other stays", async () => {
  const path = await fileOfLock("a")
  const held = locksOf().hold("a", async (check) => {
    await check()
    await leave(path, `${STRANGER} x`)
    await check()
  })
  await expect(held).rejects.toMatchObject({ code: "UNAVAILABLE", details: { reason: "lock" } })
  expect(await readlink(path)).toBe(`${STRANGER} x`)
})

it("is taken over although one who tried has died just then", async () => {
  const path = await fileOfLock("a")
  await leave(path, `${STRANGER} x`)
  await mkdir(`${path}.break`)
  await locksOf({ hungMs: 50 }).hold("a", async () => {})
  expect(await readdir(folder)).toEqual([])
})
