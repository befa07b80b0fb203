import { mkdtempSync, rmSync, statfsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** Where files are: in memory, so that the work of the processor is measured, or on the disk that holds this folder. */
export type Place = "tmpfs" | "disk"

const TMPFS = "/dev/shm"
/** What `statfs` says of a tmpfs. */
const TMPFS_TYPE = 0x01021994

/** Why a place cannot be had, or undefined. */
export function missingPlace(place: Place): string | undefined {
  return place === "disk" || isTmpfs() ? undefined : `${TMPFS} is no tmpfs`
}

function isTmpfs(): boolean {
  try {
    return statfsSync(TMPFS).type === TMPFS_TYPE
  } catch {
    return false
  }
}

const DISK = fileURLToPath(new URL(".", import.meta.url))
const made = new Set<string>()
process.once("exit", () => made.forEach(removeFolder))

/** A folder of its own, which is removed when the process ends, unless it was before. */
export function makeFolder(place: Place): string {
  const folder = mkdtempSync(join(place === "tmpfs" ? TMPFS : DISK, "bench-"))
  made.add(folder)
  return folder
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  made.delete(folder)
}
