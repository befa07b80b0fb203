import type { Storage } from "@google-cloud/storage"
import { missingPeer } from "../../kit/missing-peer.ts"
import type { ParsedOptions } from "./options.ts"

/** Loads @google-cloud/storage; it is not loaded before this is called. */
export async function loadGcsLibrary(): Promise<{ Storage: typeof Storage }> {
  try {
    return await import("@google-cloud/storage")
  } catch (error) {
    throw missingPeer("@google-cloud/storage", error)
  }
}

/** What is used of the library, of a client that the application made as well: who we are, and where GCS is. */
export interface GcsClient {
  readonly apiEndpoint: string
  /** With `useAuthWithCustomEndpoint` false, requests carry no token. */
  readonly customEndpoint: boolean
  readonly useAuthWithCustomEndpoint?: boolean | undefined
  readonly authClient: {
    /** A plain object, or a Headers. */
    getRequestHeaders(url?: string): Promise<object>
    getCredentials(): Promise<{ client_email?: string | undefined }>
    /** The RSA-SHA256 signature in base64. */
    sign(text: string): Promise<string>
  }
  getProjectId(): Promise<string>
}

export function isGcsClient(value: unknown): value is GcsClient {
  const { apiEndpoint, authClient, getProjectId } = (value ?? {}) as Partial<GcsClient>
  const hasAuth = typeof authClient?.getRequestHeaders === "function" && typeof authClient.sign === "function"
  return typeof apiEndpoint === "string" && typeof getProjectId === "function" && hasAuth
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
