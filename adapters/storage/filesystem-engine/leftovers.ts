import { lstat, rm } from "node:fs/promises"
import { closeFile, openFile, TO_CREATE } from "./files.ts"
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
  const others: string[] = []
  let removed = 0
  const isDone = () => signal.aborted || removed === MAX_REMOVED
  const remove = async (name: string) => {
    await rm(`${tree.staging}/${name}`, { recursive: true, force: true }).catch(() => {})
    removed++
  }
  for (const { name } of await entriesOf(tree.staging)) {
    if (isDone()) return removed
    const identity = name.split(".").slice(0, 3).join(".")
    if (identity === tree.identity) continue
    if (await hasEnded(identity)) await remove(name)
    else others.push(name)
  }
  if (others.length === 0) return removed
  // Asked for only now, when a disk that was full may have room. Where it tells no time, nothing is old.
  const now = await diskTime(tree).catch(() => 0)
  for (const name of others) {
    if (isDone()) return removed
    const stats = await lstat(`${tree.staging}/${name}`).catch(() => undefined)
    if (stats !== undefined && stats.mtimeMs < now - olderThanMs) await remove(name)
  }
  return removed
}

/** The time that the disk gives to files, which may be that of another machine. */
async function diskTime(tree: Tree): Promise<number> {
  const path = tree.staged()
  try {
    // Empty: it needs no room for bytes.
    await closeFile(await openFile(path, TO_CREATE, 0o666))
    return (await lstat(path)).mtimeMs
  } finally {
    await rm(path, { force: true })
  }
}
