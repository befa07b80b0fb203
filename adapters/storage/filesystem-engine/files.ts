/** What is called often of files, over descriptors: a call is one step of the thread pool. */
import * as fs from "node:fs"
import { statfs } from "node:fs/promises"
import { promisify } from "node:util"

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = fs.constants

/** No link is followed, and a pipe that somebody put there is not waited for. */
export const TO_READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
export const TO_CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW

export const openFile = promisify(fs.open)
export const closeFile = promisify(fs.close)
export const statOpenFile = promisify(fs.fstat)
export const syncFile = promisify(fs.fsync)
export const renameFile = promisify(fs.rename)
/** By the system, in one step. */
export const realPath = promisify(fs.realpath.native)

const read = promisify(fs.read)
const writev = promisify(fs.writev)

/** File systems of Linux on disks of this machine: ext4, xfs, btrfs, tmpfs and overlayfs. */
const LOCAL: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630])

/**
 * Closes a file that was written. On a disk of this machine nothing is waited for, so it takes no step of the pool; over
 * a network the bytes may be sent only now, and may be refused.
 */
export type CloseWritten = (descriptor: number) => void | Promise<void>

/** How files below a directory are closed. */
export async function closerFor(directory: string): Promise<CloseWritten> {
  const { type } = await statfs(directory)
  return process.platform === "linux" && LOCAL.has(type) ? fs.closeSync : closeFile
}

/** Files that are being closed, and nobody waits for. */
const closing = new Set<Promise<void>>()

/** Of a file that was read: nothing can be lost. A read that is under way ends before. */
export function closeQuietly(descriptor: number, reading?: Promise<unknown>): void {
  const closed = close(descriptor, reading).finally(() => closing.delete(closed))
  closing.add(closed)
}

async function close(descriptor: number, reading?: Promise<unknown>): Promise<void> {
  await reading?.catch(() => {})
  await closeFile(descriptor).catch(() => {})
}

/** Waits for what `closeQuietly` closes. */
export async function quietlyClosed(): Promise<void> {
  await Promise.all(closing)
}

/** What one read gives, which is everything where a file of a disk has no more. */
export async function readOnce(descriptor: number, into: Uint8Array, position: number): Promise<number> {
  const { bytesRead } = await read(descriptor, into, 0, into.length, position)
  return bytesRead
}

/** @returns How many bytes there were, fewer than `into` takes where the file ends. */
export async function readAt(descriptor: number, into: Uint8Array, position: number): Promise<number> {
  let count = 0
  while (count < into.length) {
    const { bytesRead } = await read(descriptor, into, count, into.length - count, position + count)
    if (bytesRead === 0) break
    count += bytesRead
  }
  return count
}

export async function writeAll(descriptor: number, pieces: readonly Uint8Array[]): Promise<void> {
  const { bytesWritten } = await writev(descriptor, pieces)
  let count = bytesWritten
  for (const piece of pieces) {
    const rest = piece.subarray(count)
    count = Math.max(0, count - piece.length)
    // The system took less than all, as it does where a disk is almost full.
    if (rest.length > 0) await writeAll(descriptor, [rest])
  }
}

/** What a directory holds survives a loss of power from here on. */
export async function syncDirectory(path: string): Promise<void> {
  const descriptor = await openFile(path, O_RDONLY)
  try {
    await syncFile(descriptor)
  } finally {
    closeQuietly(descriptor)
  }
}

/** What the system said, such as ENOENT; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === "string" ? code : undefined
}

/** Undefined where one of these is what the system said. */
export async function unless<T>(codes: readonly string[], doing: Promise<T>): Promise<T | undefined> {
  try {
    return await doing
  } catch (error) {
    if (codes.includes(errorCode(error) ?? "")) return undefined
    throw error
  }
}
