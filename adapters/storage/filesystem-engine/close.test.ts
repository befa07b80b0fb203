import { pbkdf2 } from "node:crypto"
import { readdirSync, readlinkSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { StoredObject } from "../../../contracts/storage/object.ts"
import { openedStorage } from "./opened-storage.fixture.ts"

/** Files below a directory that this process has open; undefined where the system does not tell. */
function openBelow(root: string): string[] | undefined {
  try {
    return readdirSync("/proc/self/fd").flatMap((descriptor) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${descriptor}`)
        return path.startsWith(root) ? [path] : []
      } catch {
        return []
      }
    })
  } catch {
    return undefined
  }
}

/** Keeps all threads that work on files busy for a while. */
function keepThreadsBusy(): void {
  for (let thread = 0; thread < 8; thread++) pbkdf2("a", "b", 200_000, 64, "sha512", () => {})
}

describe("a storage that is closed", () => {
  it.for<[name: string, use: (object: StoredObject) => unknown]>([
    ["is left unread", (object) => object.cancel()],
    ["is being read", (object) => void object.bytes().catch(() => {})],
  ])("has no file open, so that its disk can be taken away, where one %s", async ([, use], { skip }) => {
    const { root, storage } = await openedStorage()
    if (openBelow(root) === undefined) skip("only Linux tells which files are open")
    await storage.put("files", "large", new Uint8Array(1_000_000))
    const object = await storage.get("files", "large")
    expect(openBelow(root)).toHaveLength(1)
    keepThreadsBusy()
    await use(object)
    await storage.close()
    expect(openBelow(root)).toEqual([])
  })
})
