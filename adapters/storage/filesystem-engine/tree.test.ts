import { mkdir, rmdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { expect, it, vi } from "vitest"
import { temporaryFolder } from "./opened-storage.fixture.ts"
import { Tree } from "./tree.ts"

/** Looks at paths, whose answers can be held back. */
const looks = await vi.hoisted(async () => {
  const { default: fs } = await import("node:fs")
  const state = { count: 0, held: undefined as Promise<void> | undefined }
  const { native } = fs.realpath
  fs.realpath.native = ((path: string, done: (error: Error | null, real: string) => void) => {
    const { held } = state
    native(path, (error, real) => {
      state.count++
      void (held ?? Promise.resolve()).then(() => done(error, real))
    })
  }) as typeof native
  return state
})

/** What looks now is answered when the function is called that this gives. */
function holdAnswers(): () => void {
  let release = () => {}
  looks.held = new Promise((resolve) => {
    release = resolve
  })
  return () => {
    looks.held = undefined
    release()
  }
}

it("looks once for calls at the same time, and anew for each that comes later", async () => {
  const tree = await Tree.open(await temporaryFolder())
  looks.count = 0
  await Promise.all(Array.from({ length: 20 }, () => tree.verify(tree.buckets)))
  expect(looks.count).toBe(1)
  await tree.verify(tree.buckets)
  expect(looks.count).toBe(2)
})

it("finds a directory that was made while an earlier call still looks", async () => {
  const tree = await Tree.open(await temporaryFolder())
  const path = join(tree.buckets, "made")
  const release = holdAnswers()
  looks.count = 0
  const earlier = expect(tree.verify(path)).rejects.toMatchObject({ code: "ENOENT" })
  await expect.poll(() => looks.count).toBe(1)
  await mkdir(path)
  const later = tree.verify(path)
  release()
  await earlier
  await later
})

it("finds the link that took the place of a directory", async () => {
  const tree = await Tree.open(await temporaryFolder())
  const path = join(tree.buckets, "made")
  await mkdir(path)
  await tree.verify(path)
  await rmdir(path)
  await symlink(tree.staging, path)
  await expect(tree.verify(path)).rejects.toMatchObject({ code: "CORRUPT", details: { reason: "foreign" } })
  expect(await tree.isThere(path)).toBe(false)
})
