import type * as s3 from "@aws-sdk/client-s3"
import type { createPresignedPost } from "@aws-sdk/s3-presigned-post"
import type { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import { missingPeer } from "../../../core/foundation/missing-peer.ts"

export type Sdk = typeof s3

/** Loads the client library; it is not loaded before this is called. */
export async function loadClient(): Promise<Sdk> {
  try {
    return await import("@aws-sdk/client-s3")
  } catch (error) {
    throw missingPeer("@aws-sdk/client-s3", error)
  }
}

export async function loadPresigner(): Promise<{ getSignedUrl: typeof getSignedUrl }> {
  try {
    return await import("@aws-sdk/s3-request-presigner")
  } catch (error) {
    throw missingPeer("@aws-sdk/s3-request-presigner", error)
  }
}

export async function loadPresignedPost(): Promise<{ createPresignedPost: typeof createPresignedPost }> {
  try {
    return await import("@aws-sdk/s3-presigned-post")
  } catch (error) {
    throw missingPeer("@aws-sdk/s3-presigned-post", error)
  }
}
