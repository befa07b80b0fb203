import { createHash } from "node:crypto"
import { lstat, mkdir, readlink, rmdir, symlink, unlink } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { aborted } from "../../../core/storage/for-adapters.ts"
import { foreignEntry } from "./errors.ts"
import { errorCode, unless } from "./files.ts"
import { hasEnded } from "./process-identity.ts"
import { Turns } from "./turns.ts"

/** Nobody needs a lock for longer: what it is held for is a few calls of the system. */
const HUNG_MS = 10_000
const WAIT_MS = 30_000
const MAX_PAUSE_MS = 10

interface Times {
  /** After which a lock is taken over. */
  readonly hungMs?: number
  /** After which nobody waits for it any more. */
  readonly waitMs?: number
}

/**
 * Locks between processes. Each is a symbolic link that leads nowhere: only one process can make it, the holder's
 * identity is in it at once, and a disk that is full has room for it.
 */
export class FileLocks {
  readonly #directory: string
  readonly #identity: string
  readonly #times: Required<Times>
  readonly #turns = new Turns()

  constructor(directory: string, identity: string, { hungMs = HUNG_MS, waitMs = WAIT_MS }: Times = {}) {
    this.#directory = directory
    this.#identity = identity
    this.#times = { hungMs, waitMs }
  }

  /**
   * `check` rejects where another process took the lock away, since this one seemed to hang. Nobody waits on once the
   * signal has aborted.
   */
  hold<T>(name: string, work: (check: () => Promise<void>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#turns.take(name, () => this.#hold(name, work, signal))
  }

  async #hold<T>(name: string, work: (check: () => Promise<void>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const path = `${this.#directory}/${createHash("sha256").update(name).digest("hex").slice(0, 40)}`
    const holder = `${this.#identity} ${crypto.randomUUID()}`
    await take(path, holder, this.#times, signal)
    const isOurs = async () => (await holderOf(path)) === holder
    try {
      return await work(async () => {
        if (!(await isOurs())) throw busy("This process held a lock for too long; nothing was done. Call again.")
      })
    } finally {
      if (await isOurs().catch(() => false)) await unlink(path).catch(() => {})
    }
  }
}

/** Time between processes is real, whatever clock the storage was given. */
async function take(
  path: string,
  holder: string,
  { hungMs, waitMs }: Required<Times>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = performance.now()
  let seen: { readonly holder: string; readonly since: number } | undefined
  while (!(await create(path, holder))) {
    if (signal?.aborted) throw aborted(signal)
    const now = performance.now()
    if (now - start > waitMs) throw busy("Other processes hold a lock for too long; call again.")
    const other = await holderOf(path)
    if (other === undefined) continue
    if (other !== seen?.holder) seen = { holder: other, since: now }
    const isLeft = now - seen.since > hungMs || (await hasEnded(other.split(" ")[0] ?? ""))
    if (isLeft) await breakLock(path, other, hungMs)
    else await sleep(1 + Math.random() * MAX_PAUSE_MS)
  }
}

async function create(path: string, holder: string): Promise<boolean> {
  return (
    (await unless(
      ["EEXIST"],
      symlink(holder, path).then(() => true),
    )) ?? false
  )
}

async function holderOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined
    throw errorCode(error) === "EINVAL" ? foreignEntry(error) : error
  }
}

/** Two that break one lock must not take away that of a third, so they do it by turns, and look again. */
async function breakLock(path: string, holder: string, hungMs: number): Promise<void> {
  const guard = `${path}.break`
  try {
    await mkdir(guard)
  } catch {
    const stats = await unless(["ENOENT"], lstat(guard))
    // Whoever made it has died within a few calls of the system.
    if (stats !== undefined && Date.now() - stats.ctimeMs > hungMs) await unless(["ENOENT"], rmdir(guard))
    else await sleep(MAX_PAUSE_MS)
    return
  }
  try {
    if ((await holderOf(path)) === holder) await unlink(path)
  } finally {
    await rmdir(guard)
  }
}

function busy(message: string): ServiceError {
  return new ServiceError("UNAVAILABLE", message, { details: { reason: "lock" } })
}
