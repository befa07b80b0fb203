/** Our storage over Google Cloud Storage. */
import { createGcsStorage } from "../adapters/storage/gcs.ts"
import { GIB, peakOfStreams } from "./storage-loops.ts"
import { type OpenStore, storeOf } from "./storage-store.ts"
import type { Row, Servers } from "./suite.ts"

function ours({ gcsDouble }: Servers, sized: boolean): OpenStore {
  return () => storeOf(createGcsStorage({ ...gcsDouble }), { sized })
}

const common = { needs: ["gcsDouble"], unit: "MB over base", better: "lower", exact: true, goal: 64 } as const

export const gcsRows: readonly Row[] = [
  {
    ...common,
    name: "gcs stream 1 GiB of known size in and out, peak memory",
    ours: (servers) => peakOfStreams(ours(servers, true), GIB),
  },
  {
    ...common,
    name: "gcs stream 1 GiB of unknown size in and out, peak memory",
    ours: (servers) => peakOfStreams(ours(servers, false), GIB),
  },
]
