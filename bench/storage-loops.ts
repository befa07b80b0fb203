/** The loops that are timed, over any storage. Each checks what it reads. */
import { type Elapsed, wallTime } from "./elapsed.ts"
import { peakOver } from "./peak-memory.ts"
import { concurrently, type OpenStore, type Store } from "./storage-store.ts"
import type { Measured, Timed } from "./suite.ts"

export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

const BODIES = 64
const CHUNK = 64 * KIB

/** How large objects are, how many there are, and how many calls run at a time. */
export interface Work {
  readonly size: number
  readonly count: number
  readonly width: number
}

const keyOf = (index: number) => `object-${index}.bin`

/** Bodies that are told apart by their first and last bytes. */
function bodiesOf(size: number): Uint8Array[] {
  return Array.from({ length: Math.min(BODIES, Math.ceil((64 * MIB) / size)) }, (_, id) => {
    const body = Buffer.alloc(size, "bench")
    body.writeUInt32LE(id, 0)
    body.writeUInt32LE(id, size - 4)
    return body
  })
}

function bodyAt(bodies: readonly Uint8Array[], index: number): Uint8Array {
  return bodies[index % bodies.length] as Uint8Array
}

function check(bytes: Uint8Array, body: Uint8Array): void {
  const last = body.length - 4
  if (bytes.length !== body.length || bytes[0] !== body[0] || bytes[last] !== body[last]) throw new Error("wrong bytes")
}

async function filled(open: OpenStore, { count, size, width }: Work, bodies = bodiesOf(size)): Promise<Store> {
  const store = await open()
  await concurrently(width, count, (index) => store.put(keyOf(index), bodyAt(bodies, index)))
  return store
}

/** Puts where nothing stands, each round in an empty store. Puts in a second. */
export async function creating(
  open: OpenStore,
  { count, size, width }: Work,
  elapsed: Elapsed = wallTime,
): Promise<Measured> {
  const bodies = bodiesOf(size)
  const measure = async () => {
    const store = await open()
    const start = elapsed()
    await concurrently(width, count, (index) => store.put(keyOf(index), bodyAt(bodies, index)))
    const took = elapsed() - start
    for (const index of [0, count >> 1, count - 1]) check(await store.get(keyOf(index)), bodyAt(bodies, index))
    await store.close?.()
    return (count / took) * 1000
  }
  // Warms up.
  await measure()
  return { measure }
}

/** Puts where an object stands. */
export async function overwriting(open: OpenStore, work: Work): Promise<Timed> {
  const { count: keys, size, width } = work
  const bodies = bodiesOf(size)
  const store = await filled(open, work, bodies)
  let turn = 0
  return {
    async run(count) {
      turn++
      await concurrently(width, count, (index) => store.put(keyOf(index % keys), bodyAt(bodies, index + turn)))
      const last = count - 1
      check(await store.get(keyOf(last % keys)), bodyAt(bodies, last + turn))
    },
    close: async () => void (await store.close?.()),
  }
}

export async function getting(open: OpenStore, work: Work): Promise<Timed> {
  const { count: keys, size, width } = work
  const bodies = bodiesOf(size)
  const store = await filled(open, work, bodies)
  return {
    run: (count) =>
      concurrently(width, count, async (index) => {
        check(await store.get(keyOf(index % keys)), bodyAt(bodies, index % keys))
      }),
    close: async () => void (await store.close?.()),
  }
}

const LISTS = 5

/** Milliseconds for a list of all objects, with their sizes and dates. */
export async function listing(open: OpenStore, work: Work): Promise<Measured> {
  const store = await filled(open, work)
  const once = async () => {
    const found = (await store.list?.()) ?? []
    if (found.length !== work.count) throw new Error("a list of another length")
    for (const { modified, size } of found) {
      if (size !== work.size || !(Number(modified) > 0)) throw new Error("a list without size or date")
    }
  }
  await once()
  return {
    async measure() {
      const start = performance.now()
      for (let step = 0; step < LISTS; step++) await once()
      return (performance.now() - start) / LISTS
    },
    close: async () => void (await store.close?.()),
  }
}

/** The same chunk, again and again. */
export async function* chunksOf(size: number): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK, "bench")
  for (let sent = 0; sent < size; sent += CHUNK) yield chunk.subarray(0, Math.min(CHUNK, size - sent))
}

async function readAway(store: Store, key: string, size: number): Promise<void> {
  let read = 0
  for await (const chunk of (await store.getStream?.(key)) ?? []) read += chunk.length
  if (read !== size) throw new Error("a stream of another length")
}

const STREAMED = "streamed.bin"

/** Megabytes in a second. */
async function speedOf(size: number, run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return size / MIB / ((performance.now() - start) / 1000)
}

export async function streamingIn(open: OpenStore, size: number): Promise<Measured> {
  const store = await open()
  const put = () => store.putStream?.(STREAMED, chunksOf(size), size) ?? Promise.resolve()
  return {
    async measure() {
      const speed = await speedOf(size, put)
      await readAway(store, STREAMED, size)
      return speed
    },
    close: async () => void (await store.close?.()),
  }
}

export async function streamingOut(open: OpenStore, size: number): Promise<Measured> {
  const store = await open()
  await store.putStream?.(STREAMED, chunksOf(size), size)
  return {
    measure: () => speedOf(size, () => readAway(store, STREAMED, size)),
    close: async () => void (await store.close?.()),
  }
}

/** Megabytes over what the process held before, at most, while a stream of this size goes in and comes out. */
export async function peakOfStreams(open: OpenStore, size: number): Promise<Measured> {
  const store = await open()
  const there = async (bytes: number) => {
    await store.putStream?.(STREAMED, chunksOf(bytes), bytes)
    await readAway(store, STREAMED, bytes)
  }
  // What only a first call needs is not counted.
  await there(MIB)
  return {
    measure: () => peakOver(() => there(size)),
    close: async () => void (await store.close?.()),
  }
}
