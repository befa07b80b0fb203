import type { AdapterContext } from "../../../contracts/adapter.ts"
import type { SpanKind } from "../../../contracts/tracing/tracing.ts"
import { TracingEngine } from "../engine/tracing-engine.ts"
import { configOf } from "./config.ts"
import { createSender, sizeOf } from "./exporters.ts"
import { propagatorOf, registerGlobals } from "./global.ts"
import type { Contexts, OtelApi, OtelApiSpan } from "./injected.ts"
import type { OtelPackages } from "./library.ts"
import { OpenTelemetryTracing } from "./opentelemetry-tracing.ts"
import { exportOptionsOf, type ParsedOptions } from "./options.ts"
import { OtelStore } from "./otel-store.ts"
import { OwnSpans, type SdkRequest, type SdkSpan } from "./provider.ts"
import { resourceOf } from "./resource.ts"
import { createProvider } from "./sdk.ts"
import type { SpanSender } from "./sender.ts"
import { SpanQueue } from "./span-queue.ts"

const KINDS: readonly SpanKind[] = ["internal", "server", "client", "producer", "consumer"]

/** Tracing by a provider and an export of our own. */
export async function openOwnTracing(
  options: ParsedOptions,
  context: AdapterContext,
  packages: OtelPackages,
): Promise<OpenTelemetryTracing> {
  const { otel, registerGlobal, resource, shutdownTimeoutMs } = options
  const { clock, logger } = context
  const { exporter } = exportOptionsOf(options)
  const [ownApi, core, hooks, sdk, resources] = await Promise.all([
    packages.loadApi(),
    packages.loadCore(),
    packages.loadContextManager(),
    packages.loadSdk(),
    packages.loadResources(),
  ])
  const api = (otel?.api ?? ownApi) as OtelApi
  const contextManager = new hooks.AsyncLocalStorageContextManager()
  const contexts: Contexts = otel?.contextManager ?? otel?.api.context ?? contextManager
  const aside = <T>(fn: () => T): T => {
    const quiet = core.suppressTracing(ownApi.ROOT_CONTEXT)
    // Those who make spans of requests look for it in the API of the process.
    return contexts.with(quiet, () => ownApi.context.with(quiet, fn))
  }
  const sender = asideSender(await createSender(exporter, clock, packages), aside)

  const own = new OwnSpans()
  /** How many attributes the SDK never saw, of the spans that have such. */
  const dropped = new WeakMap<object, number>()
  const store: OtelStore = new OtelStore({
    api,
    contexts,
    begin: (start, given, parent): OtelApiSpan => own.begin(tracer, start, given, parent),
    onDrop: (span, count) => void dropped.set(span, (dropped.get(span) ?? 0) + count),
  })
  const engine = new TracingEngine({ ...options, service: resource.serviceName }, context, store)
  const queue = new SpanQueue({ ...queueOptionsOf(options), clock, logger, counts: engine.counts, sender, sizeOf })
  const provider = createProvider(sdk, resources, {
    resource: resourceOf(resource),
    limits: options.spanLimits as Required<typeof options.spanLimits>,
    ...own.deciding({
      decide: (request) => engine.decide(requestOf(request, store)),
      traceId: () => engine.ids.traceId(),
      spanId: () => engine.ids.spanId(),
    }),
    onEnd(span) {
      const isSampled = (span.spanContext().traceFlags & 1) !== 0
      if (engine.counts.end(isSampled)) queue.add(withDropped(span, dropped.get(span) ?? 0))
    },
  })
  const tracer = provider.getTracer(options.name)
  const unregister = registerGlobal
    ? registerGlobals(ownApi, { provider: provider as never, contextManager, propagator: propagatorOf(engine, store) })
    : () => {}
  return new OpenTelemetryTracing({
    ...{
      engine,
      config: configOf(options),
      clock,
      shutdownTimeoutMs,
      aside,
      unregister,
      end: () => contextManager.disable(),
    },
    export: { queue, sender },
  })
}

function requestOf({ attributes, context, kind, name, traceId }: SdkRequest, store: OtelStore) {
  return {
    parent: store.read(context),
    traceId,
    name,
    kind: KINDS[kind] ?? "internal",
    attributes: attributes as never,
  }
}

/** The span with what was dropped before the SDK saw it. */
function withDropped(span: SdkSpan, dropped: number): SdkSpan {
  if (dropped === 0) return span
  return Object.create(span, { droppedAttributesCount: { value: span.droppedAttributesCount + dropped } }) as SdkSpan
}

function queueOptionsOf(options: ParsedOptions) {
  const { exporter, performance } = exportOptionsOf(options)
  const { exportTimeout, maxBatchSize, maxQueueSize, scheduledDelay } = exporter.batch
  const delayMs = performance.asyncExport ? (scheduledDelay ?? performance.exportInterval) : 0
  return { maxQueueSize, maxBatchSize, delayMs, exportTimeoutMs: exportTimeout }
}

/** Sends where no span is active, and where nobody makes spans of requests. */
function asideSender(sender: SpanSender<SdkSpan>, aside: <T>(fn: () => T) => T): SpanSender<SdkSpan> {
  return {
    send: (spans, sending) => aside(() => sender.send(spans, sending)),
    check: (signal) => aside(() => sender.check(signal)),
    close: () => sender.close(),
    get failure() {
      return sender.failure
    },
  }
}
