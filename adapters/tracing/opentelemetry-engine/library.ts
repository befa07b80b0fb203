import { missingPeer } from "../../../core/foundation/missing-peer.ts"

/** Packages that are not loaded before this is called, each with its own error where it is missing. */
export async function loadApi() {
  try {
    return await import("@opentelemetry/api")
  } catch (error) {
    throw missingPeer("@opentelemetry/api", error)
  }
}

export async function loadCore() {
  try {
    return await import("@opentelemetry/core")
  } catch (error) {
    throw missingPeer("@opentelemetry/core", error)
  }
}

export async function loadContextManager() {
  try {
    return await import("@opentelemetry/context-async-hooks")
  } catch (error) {
    throw missingPeer("@opentelemetry/context-async-hooks", error)
  }
}
