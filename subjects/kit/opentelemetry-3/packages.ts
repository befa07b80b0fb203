/** OpenTelemetry 3 as it is installed here. The types of this folder are checked by themselves: see tsconfig.json. */
import * as api from "@opentelemetry/api"
import * as hooks from "@opentelemetry/context-async-hooks"
import * as core from "@opentelemetry/core"
import * as transformer from "@opentelemetry/otlp-transformer"
import * as resources from "@opentelemetry/resources"
import * as sdk from "@opentelemetry/sdk-trace"
import type { OtelPackages } from "../../../adapters/tracing/opentelemetry-engine/library.ts"

export const packages: OtelPackages = {
  loadApi: async () => api,
  loadCore: async () => core,
  loadContextManager: async () => hooks,
  loadTransformer: async () => transformer,
  loadResources: async () => resources,
  loadSdk: async () => sdk,
}

export { api, hooks, sdk }
