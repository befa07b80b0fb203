/** Storages of one root that is gone after the test, and what stands in it. */
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { Storage } from "../../../contracts/storage/storage.ts"
import type { ForkedClient } from "../../../testing/engine/subject.ts"
import { forkClient } from "../../../testing/faults/fork-client.ts"
import { createFilesystemStorage, type FilesystemStorageOptions } from "../filesystem.ts"
import type { Counter } from "./counting.fixture.ts"
import { pathOfKey } from "./key-path.ts"

/** A directory for one test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "storage-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A storage with an empty bucket, `files`. */
export async function openedStorage(
  options: Partial<FilesystemStorageOptions> = {},
  context: Partial<AdapterContext> = {},
): Promise<{ storage: Storage; root: string }> {
  const root = options.root ?? (await temporaryFolder())
  const storage = createFilesystemStorage({ root, ...options }, context)
  onTestFinished(() => storage.close())
  await storage.createBucket("files")
  return { storage, root }
}

/** A storage of the root in a process of its own. */
export async function forkedStorage(root: string): Promise<ForkedClient<Storage>> {
  const forked = await forkedOf<Storage>("../filesystem.ts", "createFilesystemStorage", { root })
  await forked.client.listBuckets()
  return forked
}

/** A counter in a process of its own. */
export function forkedCounter(root: string): Promise<ForkedClient<Counter>> {
  return forkedOf<Counter>("./counting.fixture.ts", "createCounter", root)
}

async function forkedOf<Client extends object>(module: string, make: string, argument: unknown) {
  const forked = await forkClient<Client>({ module: new URL(module, import.meta.url), make, args: [argument] })
  onTestFinished(() => forked.kill())
  return forked
}

/** Where the file of an object stands. */
export function fileOf(root: string, key: string, bucket = "files"): string {
  return join(root, "buckets", bucket, "objects", pathOfKey(key))
}

/** All that stands below a directory, with its path from there. */
export async function treeOf(directory: string): Promise<string[]> {
  return (await readdir(directory, { recursive: true })).sort()
}

export async function textOf(storage: Storage, key: string): Promise<string> {
  return (await storage.get("files", key)).text()
}
