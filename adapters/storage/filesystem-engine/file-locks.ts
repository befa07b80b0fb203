import { createHash } from "node:crypto"
import { lstat, mkdir, readFile, rmdir, unlink } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { closeFile, openFile, TO_CREATE, unless, writeAll } from "./files.ts"
import { hasEnded } from "./process-identity.ts"
import { Turns } from "./turns.ts"

/** Nobody needs a lock for longer: what it is held for is a few calls of the system. */
const HUNG_MS = 10_000
const WAIT_MS = 30_000
const MAX_PAUSE_MS = 10

/** Locks between processes, each a file that only one can create, with the holder's identity in it. */
export class FileLocks {
  readonly #directory: string
  readonly #identity: string
  readonly #turns = new Turns()

  constructor(directory: string, identity: string) {
    this.#directory = directory
    this.#identity = identity
  }

  /** `check` rejects where another process took the lock away, since this one seemed to hang. */
  hold<T>(name: string, work: (check: () => Promise<void>) => Promise<T>): Promise<T> {
    return this.#turns.take(name, () => this.#hold(name, work))
  }

  async #hold<T>(name: string, work: (check: () => Promise<void>) => Promise<T>): Promise<T> {
    const path = `${this.#directory}/${createHash("sha256").update(name).digest("hex").slice(0, 40)}`
    const holder = `${this.#identity} ${crypto.randomUUID()}`
    await take(path, holder)
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
async function take(path: string, holder: string): Promise<void> {
  const start = performance.now()
  let seen: { readonly holder: string; readonly since: number } | undefined
  while (!(await create(path, holder))) {
    const now = performance.now()
    if (now - start > WAIT_MS) throw busy("Other processes hold a lock for too long; call again.")
    const other = await holderOf(path)
    if (other === undefined) continue
    if (other !== seen?.holder) seen = { holder: other, since: now }
    if (now - seen.since > HUNG_MS || (await hasEnded(other.split(" ")[0] ?? ""))) await breakLock(path, other)
    else await sleep(1 + Math.random() * MAX_PAUSE_MS)
  }
}

async function create(path: string, holder: string): Promise<boolean> {
  const descriptor = await unless(["EEXIST"], openFile(path, TO_CREATE, 0o666))
  if (descriptor === undefined) return false
  try {
    await writeAll(descriptor, [new TextEncoder().encode(holder)])
    return true
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await closeFile(descriptor)
  }
}

/** Empty while its holder is about to write it. */
function holderOf(path: string): Promise<string | undefined> {
  return unless(["ENOENT"], readFile(path, "utf8"))
}

/** Two that break one lock must not take away that of a third, so they do it by turns, and look again. */
async function breakLock(path: string, holder: string): Promise<void> {
  const guard = `${path}.break`
  try {
    await mkdir(guard)
  } catch {
    const stats = await unless(["ENOENT"], lstat(guard))
    // Whoever made it has died within a few calls of the system.
    if (stats !== undefined && Date.now() - stats.ctimeMs > HUNG_MS) await unless(["ENOENT"], rmdir(guard))
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
