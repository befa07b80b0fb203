import type * as elasticsearch from "@elastic/elasticsearch"
import { missingPeer } from "../../../core/foundation/missing-peer.ts"

/** Loads the client library; it is not loaded before this is called. */
export async function loadClient(): Promise<typeof elasticsearch> {
  try {
    return await import("@elastic/elasticsearch")
  } catch (error) {
    throw missingPeer("@elastic/elasticsearch", error)
  }
}
