import { STORAGE_PRESIGN_METHODS } from "../../contracts/storage/arguments.ts"
import type { StorageCapabilities } from "../../contracts/storage/storage.ts"
import type { CapabilityOptions } from "../families/capabilities.ts"
import { FILES, type StorageClient } from "./clause.ts"

type Options = CapabilityOptions<StorageClient, StorageCapabilities>

const CHECKSUMS = ["crc32", "crc32c", "md5", "sha256"]

/** What the capabilities of a storage may be. */
export const storageCapabilityRanges: Options["ranges"]["of"] = {
  presign: "boolean",
  verifyPresigned: "boolean",
  multipart: "boolean",
  conditionalGet: "boolean",
  conditionalCreate: "boolean",
  conditionalMatch: "boolean",
  conditionalComplete: "boolean",
  conditionalCopy: "boolean",
  durable: "boolean",
  shared: "boolean",
  exactKeys: "boolean",
  presignMethods: { some: STORAGE_PRESIGN_METHODS },
  etag: ["content", "version"],
  checksumsRead: { some: [...CHECKSUMS, "crc64nvme"] },
  checksumsWrite: { some: CHECKSUMS },
  maxKeyBytes: { least: 64, whole: true },
  maxObjectBytes: { least: 1, whole: true },
  maxMetadataBytes: { least: 1, whole: true },
  minPartBytes: { least: 0, whole: true },
}

/** The optional interfaces of a storage, and a use of each that shows whether it works. */
export const storageInterfaces: NonNullable<Options["interfaces"]> = {
  presign: {
    id: "STORAGE-CAP-01",
    async works(storage) {
      const { method, url } = await storage.presign(FILES, "works", { method: "GET", expiresIn: 60 })
      return method === "GET" && URL.canParse(url)
    },
  },
  multipart: {
    id: "STORAGE-CAP-02",
    async works(storage) {
      await storage.createBucket(FILES)
      const begun = await storage.createUpload(FILES, "works")
      const session = await storage.resumeUpload(begun.token)
      await session.uploadPart(1, "works")
      const [part] = await session.parts()
      const { size } = await session.complete()
      return part?.size === 5 && size === 5 && (await storage.sweepUploads(FILES, 0)) === 0
    },
  },
  verifyPresigned: {
    id: "STORAGE-CAP-03",
    async works(storage) {
      const { url } = await storage.presign(FILES, "works", { method: "GET", expiresIn: 60 })
      const { bucket, key } = await storage.verifyPresigned({ method: "GET", url })
      return bucket === FILES && key === "works"
    },
  },
}
