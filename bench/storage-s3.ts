/** Our storage over S3 beside the SDK itself, and beside other storages over S3. */
import { Readable } from "node:stream"
import { createS3Storage } from "../adapters/storage/s3.ts"
import { GIB, getting, KIB, MIB, overwriting, peakOfStreams, streamingIn } from "./storage-loops.ts"
import { clientOptions, storagePeers } from "./storage-peers.ts"
import { type OpenStore, type Store, type StoreOptions, storeOf } from "./storage-store.ts"
import type { Row, S3Place, Servers } from "./suite.ts"

const MULTIPART = 64 * MIB
const PARTS = { size: 3 * MIB, count: 4, width: 1 }
const small = { size: KIB, width: 8, count: 500 }

/** Nobody has more than the bytes of the parts that are on their way, and this. */
const OVERHEAD_MB = 32
/** Megabytes of the parts that ours sends at a time. */
const PARTS_MB = 4 * 8

/** A server that keeps what it is given, and one that does not. */
type PlaceOf = (servers: Servers) => S3Place

const gateway: PlaceOf = ({ s3 }) => s3 ?? missing()
const double: PlaceOf = ({ s3Double }) => s3Double ?? missing()

function missing(): never {
  throw new Error("there is no server")
}

function ours(place: S3Place, options?: StoreOptions): OpenStore {
  const { accessKeyId, endpoint, region, secretAccessKey } = place
  return () =>
    storeOf(createS3Storage({ endpoint, region, accessKeyId, secretAccessKey, forcePathStyle: true }), options)
}

/** Where nothing is checked by a sum, the SDK is at its fastest. */
const WITHOUT_SUMS = {
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
} as const

/** Each command of the SDK by itself, in a bucket of its own. */
async function openSdk(place: S3Place, settings: object) {
  const sdk = await import("@aws-sdk/client-s3")
  const client = new sdk.S3Client({ ...clientOptions(place), ...settings })
  const bucket = `bench-sdk-${process.pid}`
  await client.send(new sdk.CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
    if (!(error instanceof sdk.BucketAlreadyOwnedByYou)) throw error
  })
  return { bucket, client, sdk }
}

function commands(place: S3Place, settings: object = WITHOUT_SUMS): OpenStore {
  return async () => {
    const { bucket, client, sdk } = await openSdk(place, settings)
    const get = (key: string) => client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }))
    return {
      put: (key, bytes) => client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes })),
      get: async (key) => (await get(key)).Body?.transformToByteArray() ?? new Uint8Array(),
      close: async () => client.destroy(),
    }
  }
}

/** `Upload` of lib-storage with its defaults: four parts of 5 MiB at a time. */
function libStorage(place: S3Place): OpenStore {
  return async (): Promise<Store> => {
    const { Upload } = await import("@aws-sdk/lib-storage")
    const { bucket, client, sdk } = await openSdk(place, WITHOUT_SUMS)
    return {
      ...(await commands(place)()),
      putStream: (key, chunks) =>
        new Upload({ client, params: { Bucket: bucket, Key: key, Body: Readable.from(chunks) } }).done(),
      async getStream(key) {
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }))
        return Body as Readable
      },
      close: async () => client.destroy(),
    }
  }
}

function peersBucket(peer: string): string {
  return `bench-${peer}-${process.pid}`
}

const common = { needs: ["s3"], peer: "@aws-sdk/lib-storage" } as const

const peerRows = storagePeers.flatMap((peer): Row[] => {
  const { name, s3 } = peer
  if (s3 === undefined) return []
  const open = (servers: Servers): OpenStore => {
    return async () => {
      const { client, sdk } = await openSdk(gateway(servers), WITHOUT_SUMS)
      await client.send(new sdk.CreateBucketCommand({ Bucket: peersBucket(name) }))
      return s3(gateway(servers), peersBucket(name))
    }
  }
  const row = { needs: ["s3"], peer: peer.package, baselineName: name, cpu: true, goal: 1 } as const
  return [
    {
      ...row,
      name: `s3 put 1 KiB, CPU, ${name}`,
      ours: (servers) => overwriting(ours(gateway(servers)), small),
      baseline: (servers) => overwriting(open(servers), small),
    },
    {
      ...row,
      name: `s3 get 1 KiB, CPU, ${name}`,
      ours: (servers) => getting(ours(gateway(servers)), small),
      baseline: (servers) => getting(open(servers), small),
    },
  ]
})

export const s3Rows: readonly Row[] = [
  {
    ...common,
    name: "s3 put 1 KiB, CPU, SDK",
    ours: (servers) => overwriting(ours(gateway(servers)), small),
    baseline: (servers) => overwriting(commands(gateway(servers)), small),
    baselineName: "PutObjectCommand without sums",
    cpu: true,
    goal: 0.95,
  },
  {
    ...common,
    name: "s3 get 1 KiB, CPU, SDK",
    ours: (servers) => getting(ours(gateway(servers)), small),
    baseline: (servers) => getting(commands(gateway(servers)), small),
    baselineName: "GetObjectCommand without sums",
    cpu: true,
    goal: 0.95,
  },
  ...peerRows,
  {
    name: "s3 put 3 MiB, nobody answers 100-continue, SDK",
    needs: ["s3Double"],
    peer: "@aws-sdk/lib-storage",
    ours: (servers) => overwriting(ours(double(servers)), PARTS),
    baseline: (servers) => overwriting(commands(double(servers), {}), PARTS),
    baselineName: "PutObjectCommand with the SDK's defaults",
    goal: 3,
  },
  {
    ...common,
    name: "s3 put 64 MiB of unknown size, lib-storage",
    ours: (servers) => streamingIn(ours(gateway(servers)), MULTIPART),
    baseline: (servers) => streamingIn(libStorage(gateway(servers)), MULTIPART),
    baselineName: "Upload of lib-storage",
    goal: 1.2,
  },
  {
    ...common,
    name: "s3 put and get 64 MiB of unknown size, peak memory",
    ours: (servers) => peakOfStreams(ours(gateway(servers)), MULTIPART),
    baseline: (servers) => peakOfStreams(libStorage(gateway(servers)), MULTIPART),
    baselineName: "Upload of lib-storage",
    unit: "MB over base",
    better: "lower",
    exact: true,
    goal: 0.7,
  },
  {
    name: "s3 stream 1 GiB of known size in and out, peak memory",
    needs: ["s3Double"],
    ours: (servers) => peakOfStreams(ours(double(servers), { sized: true }), GIB),
    unit: "MB over base",
    better: "lower",
    exact: true,
    goal: 64,
  },
  {
    name: "s3 stream 1 GiB of unknown size in and out, peak memory",
    needs: ["s3Double"],
    ours: (servers) => peakOfStreams(ours(double(servers)), GIB),
    unit: "MB over base",
    better: "lower",
    exact: true,
    goal: PARTS_MB + OVERHEAD_MB,
  },
]
