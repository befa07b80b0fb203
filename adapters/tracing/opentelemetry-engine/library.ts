import { missingPeer } from "../../../core/foundation/missing-peer.ts"
import type { TraceSerializer } from "./otlp-format.ts"

/** The packages of one line of OpenTelemetry. Each is loaded when its function is called, not before. */
export interface OtelPackages {
  loadApi(): Promise<Pick<typeof import("@opentelemetry/api"), "ROOT_CONTEXT" | "context" | "propagation" | "trace">>
  loadCore(): Promise<Pick<typeof import("@opentelemetry/core"), "suppressTracing">>
  loadContextManager(): Promise<
    Pick<typeof import("@opentelemetry/context-async-hooks"), "AsyncLocalStorageContextManager">
  >
  loadTransformer(): Promise<{ readonly ProtobufTraceSerializer: TraceSerializer }>
  loadResources(): Promise<Pick<typeof import("@opentelemetry/resources"), "resourceFromAttributes">>
  loadSdk(): Promise<Pick<typeof import("@opentelemetry/sdk-trace"), "TracerProvider">>
}

/**
 * One is of no use without the others, so the error of a missing one names all of them, in versions that fit each other
 * and every Node: the newest ones are of another line.
 */
export const PACKAGES = [
  "@opentelemetry/api@1.9",
  "@opentelemetry/context-async-hooks@2",
  "@opentelemetry/core@2",
  "@opentelemetry/otlp-transformer@0.223",
  "@opentelemetry/resources@2",
  "@opentelemetry/sdk-trace@2",
] as const

/** Those that the application has installed, of either line: their names are the same. */
export const installedPackages: OtelPackages = {
  async loadApi() {
    try {
      return await import("@opentelemetry/api")
    } catch (error) {
      throw missingPeer("@opentelemetry/api", error, PACKAGES)
    }
  },
  async loadCore() {
    try {
      return await import("@opentelemetry/core")
    } catch (error) {
      throw missingPeer("@opentelemetry/core", error, PACKAGES)
    }
  },
  async loadContextManager() {
    try {
      return await import("@opentelemetry/context-async-hooks")
    } catch (error) {
      throw missingPeer("@opentelemetry/context-async-hooks", error, PACKAGES)
    }
  },
  async loadTransformer() {
    try {
      return await import("@opentelemetry/otlp-transformer")
    } catch (error) {
      throw missingPeer("@opentelemetry/otlp-transformer", error, PACKAGES)
    }
  },
  async loadResources() {
    try {
      return await import("@opentelemetry/resources")
    } catch (error) {
      throw missingPeer("@opentelemetry/resources", error, PACKAGES)
    }
  },
  async loadSdk() {
    try {
      return await import("@opentelemetry/sdk-trace")
    } catch (error) {
      throw missingPeer("@opentelemetry/sdk-trace", error, PACKAGES)
    }
  },
}
