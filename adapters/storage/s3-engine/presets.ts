import type { StorageCapabilities } from "../../../contracts/storage/storage.ts"

export const PRESETS = ["aws", "minio", "r2", "b2", "wasabi", "versitygw", "ceph", "custom"] as const

export type PresetName = (typeof PRESETS)[number]

/** What differs between servers that speak S3. */
type ServerCapabilities = Pick<
  StorageCapabilities,
  | "conditionalCreate"
  | "conditionalMatch"
  | "conditionalComplete"
  | "conditionalCopy"
  | "exactKeys"
  | "presignMethods"
  | "checksumsRead"
  | "checksumsWrite"
>

export interface Preset {
  readonly capabilities: ServerCapabilities
  /** The name of the bucket stands in the path, since nobody has set up a host for each bucket. */
  readonly pathStyle: boolean
  /** All parts of an upload but the last must have the same size. */
  readonly equalParts: boolean
  /** Where a connection ends in the middle of a body, what came is stored as if it were all. */
  readonly storesCutBodies: boolean
}

const ALL = ["GET", "HEAD", "PUT", "POST", "DELETE"]
const NO_POST = ["GET", "HEAD", "PUT", "DELETE"]
const SUMS = ["crc32", "crc32c", "sha256"]

/** A server that nobody knows promises no condition and no checksum. */
const custom: Preset = {
  capabilities: {
    conditionalCreate: false,
    conditionalMatch: false,
    conditionalComplete: false,
    conditionalCopy: false,
    exactKeys: false,
    presignMethods: NO_POST,
    checksumsRead: [],
    checksumsWrite: [],
  },
  pathStyle: false,
  equalParts: false,
  storesCutBodies: false,
}

function preset(capabilities: Partial<ServerCapabilities>, others: Partial<Omit<Preset, "capabilities">> = {}): Preset {
  return { ...custom, ...others, capabilities: { ...custom.capabilities, ...capabilities } }
}

/** README.md says which of it was measured, and where the rest was read. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  custom,
  aws: preset({
    conditionalCreate: true,
    conditionalMatch: true,
    conditionalComplete: true,
    conditionalCopy: true,
    exactKeys: true,
    presignMethods: ALL,
    checksumsRead: SUMS,
    checksumsWrite: [...SUMS, "md5"],
  }),
  versitygw: preset(
    {
      conditionalCreate: true,
      conditionalMatch: true,
      conditionalComplete: true,
      presignMethods: ALL,
      checksumsRead: SUMS,
      checksumsWrite: [...SUMS, "md5"],
    },
    { pathStyle: true, storesCutBodies: true },
  ),
  minio: preset(
    { conditionalCreate: true, presignMethods: ALL, checksumsRead: SUMS, checksumsWrite: [...SUMS, "md5"] },
    { pathStyle: true },
  ),
  ceph: preset({ conditionalCreate: true, exactKeys: true, presignMethods: ALL }, { pathStyle: true }),
  r2: preset(
    {
      conditionalCreate: true,
      conditionalMatch: true,
      conditionalComplete: true,
      checksumsWrite: ["md5"],
    },
    { equalParts: true },
  ),
  b2: custom,
  wasabi: custom,
}
