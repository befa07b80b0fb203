/** What the contract cannot know: that this cache is made of files. */
import assert from "node:assert/strict"
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, it } from "node:test"
import { FileCache } from "../file-cache.js"

describe("a cache in files", () => {
  /** @type {string} */
  let folder
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cache-file-"))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it("keeps its entries when its instance is gone", async () => {
    const first = new FileCache({ folder })
    await first.set("key", { kept: true })
    await first.close()
    assert.deepEqual(await new FileCache({ folder }).get("key"), { kept: true })
  })

  it("leaves nothing but entries behind, under names that any key is safe in", async () => {
    const cache = new FileCache({ folder })
    for (const key of ["../up", "a/b", "CON", "x".repeat(512)]) await cache.set(key, key)
    await cache.set("a/b", "again")
    const names = await readdir(folder)
    assert.equal(names.length, 4)
    for (const name of names) assert.match(name, /^[0-9a-f]{64}\.entry$/)
  })

  it("tells of a damaged file, which can be written over", async () => {
    const cache = new FileCache({ folder })
    await cache.set("key", "a value")
    await truncate(join(folder, (await readdir(folder))[0] ?? ""), 20)
    await assert.rejects(cache.get("key"), { code: "CORRUPT" })
    await cache.set("key", "another")
    assert.equal(await cache.get("key"), "another")
  })

  it("clears its own files, and no others", async () => {
    await writeFile(join(folder, "notes.txt"), "mine")
    const cache = new FileCache({ folder })
    await cache.set("key", 1)
    await cache.clear()
    assert.deepEqual(await readdir(folder), ["notes.txt"])
  })
})
