/** Small files of JSON, which are there whole or not at all. */
import { unlink } from "node:fs/promises"
import {
  closeFile,
  openFile,
  readAt,
  renameFile,
  statOpenFile,
  syncFile,
  TO_CREATE,
  TO_READ,
  unless,
  writeAll,
} from "./files.ts"
import { ABSENT, parentOf, type Tree } from "./tree.ts"

export async function createJson(path: string, value: unknown, sync: boolean): Promise<void> {
  const descriptor = await openFile(path, TO_CREATE, 0o666)
  try {
    await writeAll(descriptor, [new TextEncoder().encode(JSON.stringify(value))])
    if (sync) await syncFile(descriptor)
  } finally {
    await closeFile(descriptor)
  }
}

/** In the place of an earlier one. */
export async function replaceJson(tree: Tree, path: string, value: unknown, sync: boolean): Promise<void> {
  const staged = tree.staged()
  try {
    await createJson(staged, value, sync)
    await tree.verify(parentOf(path))
    await renameFile(staged, path)
  } catch (error) {
    await unlink(staged).catch(() => {})
    throw error
  }
}

/** Undefined where there is none, or what there is holds no object of JSON. */
export async function readJson<T extends object>(path: string): Promise<T | undefined> {
  const descriptor = await unless(ABSENT, openFile(path, TO_READ))
  if (descriptor === undefined) return undefined
  try {
    const stats = await statOpenFile(descriptor)
    if (!stats.isFile()) return undefined
    const bytes = new Uint8Array(stats.size)
    await readAt(descriptor, bytes, 0)
    return objectOf(new TextDecoder().decode(bytes)) as T | undefined
  } finally {
    await closeFile(descriptor)
  }
}

/** The object of a JSON text; undefined for any other text. */
export function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
