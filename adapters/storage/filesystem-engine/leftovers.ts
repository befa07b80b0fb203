import { lstat, rm } from "node:fs/promises"
import { createJson } from "./json-file.ts"
import { hasEnded } from "./process-identity.ts"
import { entriesOf, type Tree } from "./tree.ts"

/** What one look removes at most; the next instance goes on. */
const MAX_REMOVED = 10_000

/**
 * Removes from staging what processes left there that were killed: at once where that is certain, and else once it is
 * older than `olderThanMs`.
 *
 * @returns How many.
 */
export async function sweepLeftovers(tree: Tree, olderThanMs: number, signal: AbortSignal): Promise<number> {
  const now = await diskTime(tree)
  let removed = 0
  for (const { name } of await entriesOf(tree.staging)) {
    if (signal.aborted || removed === MAX_REMOVED) break
    const path = `${tree.staging}/${name}`
    if (!(await isLeft(tree, name, path, now - olderThanMs))) continue
    await rm(path, { recursive: true, force: true }).catch(() => {})
    removed++
  }
  return removed
}

async function isLeft(tree: Tree, name: string, path: string, before: number): Promise<boolean> {
  const identity = name.split(".").slice(0, 3).join(".")
  if (identity === tree.identity) return false
  if (await hasEnded(identity)) return true
  const stats = await lstat(path).catch(() => undefined)
  return stats !== undefined && stats.mtimeMs < before
}

/** The time that the disk gives to files, which may be that of another machine. */
async function diskTime(tree: Tree): Promise<number> {
  const path = tree.staged()
  try {
    await createJson(path, {}, false)
    return (await lstat(path)).mtimeMs
  } finally {
    await rm(path, { force: true })
  }
}
