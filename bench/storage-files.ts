/** Our storage over files beside `node:fs` alone, and beside other storages over files. */
import { createFilesystemStorage } from "../adapters/storage/filesystem.ts"
import { cpuTime } from "./elapsed.ts"
import type { Place } from "./places.ts"
import {
  creating,
  GIB,
  getting,
  KIB,
  listing,
  MIB,
  overwriting,
  peakOfStreams,
  streamingIn,
  streamingOut,
} from "./storage-loops.ts"
import { type StoragePeer, storagePeers } from "./storage-peers.ts"
import { inFolder, type OpenStore, rawFiles, type Store, type StoreOptions, storeOf } from "./storage-store.ts"
import type { Row, Target } from "./suite.ts"

/** What is measured, and what its ratio to `node:fs` is to reach. */
interface FileWork {
  readonly name: string
  readonly loop: (open: OpenStore) => Promise<Target>
  readonly goal?: number
  readonly options?: StoreOptions
  readonly better?: "lower"
  readonly unit?: string
  /** Of `node:fs`. */
  readonly raw?: string
  /** Of a peer that has another goal than to be no faster. */
  readonly peerGoals?: Readonly<Record<string, number>>
  readonly cpu?: true
  /** Beside `node:fs` alone. */
  readonly alone?: true
  /** What cannot be done with a store that has no streams. */
  readonly streams?: true
  readonly only?: Place
}

const small = { size: KIB, width: 8 }
const large = { size: MIB, width: 4 }

const creates = { ...small, count: 4000 }
const overwrites = { ...small, count: 2000 }
const puts = { ...large, count: 200 }
const gets = { ...large, count: 64 }

const WORKS: readonly FileWork[] = [
  { name: "create 1 KiB", loop: (open) => creating(open, creates), goal: 0.7 },
  { name: "overwrite 1 KiB", loop: (open) => overwriting(open, overwrites) },
  { name: "get 1 KiB", loop: (open) => getting(open, overwrites), goal: 0.9 },
  { name: "put 1 MiB", loop: (open) => creating(open, puts), goal: 0.9 },
  {
    name: "put 1 MiB with crc32",
    loop: (open) => creating(open, puts),
    goal: 0.8,
    options: { crc32: true },
    alone: true,
  },
  { name: "get 1 MiB", loop: (open) => getting(open, gets), goal: 0.9 },
  ...byProcessor([
    { name: "create 1 KiB", loop: (open) => creating(open, creates, cpuTime) },
    { name: "overwrite 1 KiB", loop: (open) => overwriting(open, overwrites) },
    { name: "get 1 KiB", loop: (open) => getting(open, overwrites) },
    { name: "put 1 MiB", loop: (open) => creating(open, puts, cpuTime) },
    { name: "get 1 MiB", loop: (open) => getting(open, gets) },
  ]),
  {
    name: "list 2,000",
    loop: (open) => listing(open, { ...small, count: 2000 }),
    goal: 1.5,
    better: "lower",
    unit: "ms",
    raw: "readdir, and open, stat, read 256 and close of each, 8 at a time",
    peerGoals: { flydrive: 0.5 },
  },
  ...streams("256 MiB", 256 * MIB, "tmpfs"),
  ...streams("1 GiB", GIB, "disk"),
]

/** The same by the processor: steadier on a busy machine, where each turn of a thread is waited for. */
function byProcessor(works: readonly FileWork[]): FileWork[] {
  return works.map((work) => ({ ...work, name: `${work.name}, CPU`, cpu: true, alone: true, only: "tmpfs" }))
}

function streams(name: string, size: number, only: Place): FileWork[] {
  const common = { only, streams: true } as const
  return [
    { ...common, name: `stream ${name} in`, loop: (open) => streamingIn(open, size) },
    { ...common, name: `stream ${name} out`, loop: (open) => streamingOut(open, size) },
  ]
}

/** The peers that have no streams: they hold what they read and write. */
const WITHOUT_STREAMS = ["unstorage"]

function ours(place: Place, options?: StoreOptions): OpenStore {
  return inFolder(place, (root) => storeOf(createFilesystemStorage({ root }), options))
}

function rowOf(work: FileWork, place: Place, open: OpenStore, goal: number | undefined): Omit<Row, "name"> {
  const { better, cpu, loop, options, unit } = work
  return {
    place,
    ours: () => loop(ours(place, options)),
    baseline: () => loop(open),
    ...(better && { better }),
    ...(cpu && { cpu }),
    ...(unit && { unit }),
    // While a disk writes back, all ratios go flat: it is shown beside, and proves nothing.
    ...(place === "tmpfs" && goal !== undefined && { goal }),
  }
}

function besideFs(work: FileWork, place: Place): Row {
  const { goal, name, raw = "node:fs alone" } = work
  return {
    ...rowOf(work, place, inFolder(place, rawFiles), goal),
    name: `files ${name}, ${place}, fs`,
    baselineName: raw,
  }
}

function besidePeer(work: FileWork, place: Place, peer: StoragePeer, files: (folder: string) => Promise<Store>): Row {
  const { name, peerGoals } = work
  return {
    ...rowOf(work, place, inFolder(place, files), peerGoals?.[peer.name] ?? 1),
    name: `files ${name}, ${place}, ${peer.name}`,
    peer: peer.package,
    baselineName: peer.name,
  }
}

function rowsOf(work: FileWork, place: Place): Row[] {
  const peers = storagePeers.flatMap((peer) => {
    if (peer.files === undefined || work.alone) return []
    return work.streams && WITHOUT_STREAMS.includes(peer.name) ? [] : [besidePeer(work, place, peer, peer.files)]
  })
  return [besideFs(work, place), ...peers]
}

const PLACES: readonly Place[] = ["tmpfs", "disk"]

export const fileRows: readonly Row[] = [
  ...PLACES.flatMap((place) =>
    WORKS.filter(({ only = place }) => only === place).flatMap((work) => rowsOf(work, place)),
  ),
  {
    name: "files stream 1 GiB in and out, peak memory",
    place: "disk",
    ours: () => peakOfStreams(ours("disk"), GIB),
    unit: "MB over base",
    better: "lower",
    exact: true,
    goal: 64,
  },
]
