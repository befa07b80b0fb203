/** OpenTelemetry 3, which a folder of its own has: its API cannot be installed beside that of the 2.x line. */
import { existsSync } from "node:fs"
import type { InjectedOtel, OpenTelemetryTracingOptions } from "../../adapters/tracing/opentelemetry.ts"
import type { OtelPackages } from "../../adapters/tracing/opentelemetry-engine/library.ts"
import { createTracing } from "../../adapters/tracing/opentelemetry-engine/open-tracing.ts"
import type { Tracing } from "../../contracts/tracing/tracing.ts"

const folder = new URL("./opentelemetry-3/", import.meta.url)

interface OpenTelemetry3 {
  readonly packages: OtelPackages
  /** By the types of the 2.x line. */
  readonly api: typeof import("@opentelemetry/api")
  readonly hooks: Pick<typeof import("@opentelemetry/context-async-hooks"), "AsyncLocalStorageContextManager">
  readonly sdk: {
    readonly TracerProvider: new (options: {
      spanProcessors: readonly object[]
    }) => NonNullable<InjectedOtel["provider"]>
  }
}

/** Why it cannot be used here, or undefined where it can. */
export function opentelemetry3Missing(): string | undefined {
  if (existsSync(new URL("node_modules/@opentelemetry/sdk-trace", folder))) return undefined
  return "OpenTelemetry 3 is not installed (npm run subjects:peers installs it)"
}

/** Not imported by name: the folder has types of its own. */
export async function loadOpenTelemetry3(): Promise<OpenTelemetry3> {
  return await import(new URL("packages.ts", folder).href)
}

/** Tracing as `opentelemetry` opens it, by the packages of that folder. */
export async function createOpenTelemetry3(options: OpenTelemetryTracingOptions): Promise<Tracing> {
  const { packages } = await loadOpenTelemetry3()
  return await createTracing(packages, options, {})
}
