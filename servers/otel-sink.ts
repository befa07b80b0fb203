import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"

type Attributes = Readonly<Record<string, unknown>>

interface SinkContext {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
  readonly traceState?: string | undefined
}

/** A span as the contract of tracing has it. */
interface SinkSpan {
  readonly context: SinkContext
  readonly parentSpanId?: string | undefined
  readonly name: string
  readonly kind: string
  /** Epoch milliseconds. */
  readonly startTime: number
  readonly endTime: number
  readonly status: { readonly code: string; readonly message?: string | undefined }
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly time: number; readonly attributes: Attributes }[]
  readonly links: readonly { readonly context: SinkContext; readonly attributes: Attributes }[]
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number }
  /** What the resource says that the span is of. */
  readonly resource: Attributes
}

/** Takes what a collector forwards, in this process. */
export interface OtelSink {
  readonly url: string
  /** In the order in which they came. */
  readonly spans: readonly SinkSpan[]
  /** The status that it answers with from now on. Where it is none of success, nothing is kept. */
  answerWith(status: number): void
  stop(): Promise<void>
}

/**
 * Starts a receiver of OTLP in JSON on the loopback interface.
 *
 * @example
 * const sink = await startOtelSink()
 * const collector = await startOtelCollector({ forwardTo: sink.url })
 * sink.spans // what the collector took
 */
export async function startOtelSink(): Promise<OtelSink> {
  const spans: SinkSpan[] = []
  let status = 200
  const server = createServer(async (incoming, response) => {
    const { resourceSpans = [] } = (await json(incoming)) as OtlpRequest
    if (status === 200) {
      for (const { resource, scopeSpans = [] } of resourceSpans) {
        const of = attributesOf(resource?.attributes)
        for (const scope of scopeSpans)
          for (const span of scope.spans ?? []) spans.push({ ...recordedSpan(span), resource: of })
      }
    }
    response.writeHead(status, { "content-type": "application/json", connection: "close" }).end("{}")
  })
  // The process need not live for it.
  server.unref()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    answerWith(next) {
      status = next
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: OtlpAttributes }
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[]
  }[]
}

/** What is at its default is left out. */
interface OtlpSpan extends OtlpContext {
  readonly parentSpanId?: string
  readonly name?: string
  readonly kind?: number
  readonly startTimeUnixNano?: string
  readonly endTimeUnixNano?: string
  readonly attributes?: OtlpAttributes
  readonly droppedAttributesCount?: number
  readonly events?: readonly {
    readonly name?: string
    readonly timeUnixNano?: string
    readonly attributes?: OtlpAttributes
  }[]
  readonly droppedEventsCount?: number
  readonly links?: readonly (OtlpContext & { readonly attributes?: OtlpAttributes })[]
  readonly droppedLinksCount?: number
  readonly status?: { readonly code?: number; readonly message?: string }
}

interface OtlpContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceState?: string
  readonly flags?: number
}

type OtlpAttributes = readonly { readonly key?: string; readonly value?: OtlpValue }[]

interface OtlpValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] }
}

const KINDS: readonly (string | undefined)[] = [undefined, "internal", "server", "client", "producer", "consumer"]
const CODES: readonly (string | undefined)[] = ["unset", "ok", "error"]

function recordedSpan(span: OtlpSpan): Omit<SinkSpan, "resource"> {
  const { events = [], links = [], status = {} } = span
  return {
    context: contextOf(span),
    parentSpanId: span.parentSpanId || undefined,
    name: span.name ?? "",
    kind: known(KINDS[span.kind ?? 0], "kind", span.kind),
    startTime: milliseconds(span.startTimeUnixNano),
    endTime: milliseconds(span.endTimeUnixNano),
    status: { code: known(CODES[status.code ?? 0], "status", status.code), message: status.message || undefined },
    attributes: attributesOf(span.attributes),
    events: events.map(({ attributes, name = "", timeUnixNano }) => ({
      name,
      time: milliseconds(timeUnixNano),
      attributes: attributesOf(attributes),
    })),
    links: links.map((link) => ({ context: contextOf(link), attributes: attributesOf(link.attributes) })),
    dropped: {
      attributes: span.droppedAttributesCount ?? 0,
      events: span.droppedEventsCount ?? 0,
      links: span.droppedLinksCount ?? 0,
    },
  }
}

function contextOf({ flags = 0, spanId, traceId, traceState }: OtlpContext): SinkContext {
  return { traceId, spanId, sampled: (flags & 1) === 1, traceState: traceState || undefined }
}

function attributesOf(attributes: OtlpAttributes = []): Attributes {
  return Object.fromEntries(attributes.map(({ key = "", value = {} }) => [key, readValue(value)]))
}

function readValue({ arrayValue, boolValue, doubleValue, intValue, stringValue }: OtlpValue): unknown {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(readValue)
  if (intValue !== undefined) return Number(intValue)
  return stringValue ?? boolValue ?? doubleValue
}

/** Nanoseconds are more than a number holds. */
function milliseconds(nanoseconds = "0"): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000
}

function known<Value>(value: Value | undefined, name: string, number: number | undefined): Value {
  if (value === undefined) throw new Error(`OTLP has no ${name} ${number}.`)
  return value
}
