import type { Storage } from "@google-cloud/storage"
import { missingPeer } from "../../../core/foundation/missing-peer.ts"
import type { GcsClient } from "./client.ts"
import type { ParsedOptions } from "./options.ts"

/** Loads @google-cloud/storage; it is not loaded before this is called. */
export async function loadGcsLibrary(): Promise<{ Storage: typeof Storage }> {
  try {
    return await import("@google-cloud/storage")
  } catch (error) {
    throw missingPeer("@google-cloud/storage", error)
  }
}

/** The client of these options. Making one sends nothing. */
export async function openGcsClient(options: ParsedOptions): Promise<GcsClient> {
  if (options.client !== undefined) return options.client
  const { credentials, endpoint, keyFilename, projectId } = options
  const { Storage } = await loadGcsLibrary()
  return new Storage({
    ...(projectId !== undefined && { projectId }),
    ...(credentials !== undefined && { credentials }),
    ...(keyFilename !== undefined && { keyFilename }),
    // A token never goes over a line that anybody can read.
    ...(endpoint !== undefined && { apiEndpoint: endpoint, useAuthWithCustomEndpoint: endpoint.startsWith("https:") }),
  })
}
