/** Our storage in memory beside others. */
import { createMemoryStorage } from "../adapters/storage/memory.ts"
import { getting, KIB, listing, MIB, overwriting } from "./storage-loops.ts"
import { storagePeers } from "./storage-peers.ts"
import { type OpenStore, storeOf } from "./storage-store.ts"
import type { Row, Target } from "./suite.ts"

interface MemoryWork {
  readonly name: string
  readonly loop: (open: OpenStore) => Promise<Target>
  /** What one that lists names alone cannot do. */
  readonly lists?: true
}

const small = { size: KIB, width: 8, count: 2000 }
const large = { size: MIB, width: 4, count: 16 }

const WORKS: readonly MemoryWork[] = [
  { name: "put 1 KiB", loop: (open) => overwriting(open, small) },
  { name: "get 1 KiB", loop: (open) => getting(open, small) },
  { name: "put 1 MiB", loop: (open) => overwriting(open, large) },
  { name: "get 1 MiB", loop: (open) => getting(open, large) },
  { name: "list 2,000", loop: (open) => listing(open, small), lists: true },
]

/** It keeps and hands out the bytes that it was given, and knows neither their size nor their date. */
const ALIASED = "unstorage"
const ALIASING = "ours copies what it is given and what it hands out, so that nobody changes what is stored"

export const memoryStorageRows: readonly Row[] = WORKS.flatMap(({ lists, loop, name }) =>
  storagePeers.flatMap((peer): Row[] => {
    const { memory } = peer
    const aliased = peer.name === ALIASED
    if (memory === undefined || (lists && aliased)) return []
    return [
      {
        name: `memory ${name}, ${peer.name}`,
        peer: peer.package,
        ours: () => loop(() => storeOf(createMemoryStorage())),
        baseline: () => loop(memory),
        baselineName: aliased ? `${peer.name}, aliased, without headers` : peer.name,
        ...(lists ? { better: "lower", unit: "ms" } : { cpu: true }),
        goal: 1,
        ...(aliased && { limit: ALIASING }),
      },
    ]
  }),
)
