import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { TraceContext } from "../../../contracts/tracing/tracing.ts"
import type { TracingEngine } from "../engine/tracing-engine.ts"
import type { OtelStore } from "./otel-store.ts"

type Api = Pick<typeof import("@opentelemetry/api"), "context" | "propagation" | "trace">

interface Globals {
  readonly provider: Parameters<Api["trace"]["setGlobalTracerProvider"]>[0]
  readonly contextManager: Parameters<Api["context"]["setGlobalContextManager"]>[0]
  readonly propagator: Parameters<Api["propagation"]["setGlobalPropagator"]>[0]
}

/**
 * Makes these the ones of the process, all or none.
 *
 * @returns What undoes it.
 * @throws ServiceError INVALID_CONFIG where others are there, or another version of the API.
 */
export function registerGlobals(api: Api, { contextManager, propagator, provider }: Globals): () => void {
  const { context, propagation, trace } = api
  const undo: (() => void)[] = []
  const register = (isRegistered: boolean, disable: () => void) => {
    if (isRegistered) undo.push(disable)
    return isRegistered
  }
  const unregister = () => {
    for (const disable of undo.splice(0)) disable()
  }
  const areRegistered =
    register(trace.setGlobalTracerProvider(provider), () => trace.disable()) &&
    register(context.setGlobalContextManager(contextManager), () => context.disable()) &&
    register(propagation.setGlobalPropagator(propagator), () => propagation.disable())
  if (areRegistered) return unregister
  unregister()
  throw refusal(api, contextManager)
}

function refusal(api: Api, contextManager: Globals["contextManager"]): ServiceError {
  const [theirs, ours] = [registered()?.version, versionOf(api, contextManager)]
  return new ServiceError(
    "INVALID_CONFIG",
    "registerGlobal must be the only registration of OpenTelemetry in this process. " +
      `Version ${theirs} of @opentelemetry/api has one; the version of this adapter is ${ours}. ` +
      "Pass otel: { api } with what the application uses instead.",
    { details: { issues: [{ path: "registerGlobal", message: "must be false where others have registered" }] } },
  )
}

/** Where all copies of the API keep what is registered. */
const KEY = Symbol.for("opentelemetry.js.api.1")

interface Registered {
  readonly version?: string
}

function registered(): Registered | undefined {
  return (globalThis as { [KEY]?: Registered })[KEY]
}

/** The API tells its version nowhere but in what it registers: it is asked while nothing is, and nobody else runs. */
function versionOf({ context }: Api, contextManager: Globals["contextManager"]): string | undefined {
  const global = globalThis as { [KEY]?: Registered }
  const before = global[KEY]
  delete global[KEY]
  try {
    context.setGlobalContextManager(contextManager)
    return global[KEY]?.version
  } finally {
    if (before === undefined) delete global[KEY]
    else global[KEY] = before
  }
}

/** Carriers of libraries that instrument themselves, by our rules. */
export function propagatorOf(engine: TracingEngine, store: OtelStore): Globals["propagator"] {
  return {
    inject(context, carrier, setter) {
      const found: Record<string, string> = {}
      const from = store.read(context)
      if (from !== undefined) engine.inject(found, from)
      for (const [name, value] of Object.entries(found)) setter.set(carrier, name, value)
    },
    extract(context, carrier, getter) {
      const names = getter.keys(carrier)
      const found = engine.extract(Object.fromEntries(names.map((name) => [name, getter.get(carrier, name)])))
      return found === undefined ? context : (store.contextOf(found satisfies TraceContext, context) as typeof context)
    },
    fields: () => ["traceparent", "tracestate", "baggage"],
  }
}
