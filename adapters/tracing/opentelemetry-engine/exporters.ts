import type { Clock } from "../../../contracts/foundation/clock.ts"
import { sizeOfAttributes, sizeOfValue } from "../../../core/tracing/for-adapters.ts"
import { connectTo } from "./connection.ts"
import { consoleSender } from "./console-sender.ts"
import { HttpSender, type SpanFormat } from "./http-sender.ts"
import type { OtelPackages } from "./library.ts"
import { type ExporterOptions, endpointOf } from "./options.ts"
import { otlpFormat } from "./otlp-format.ts"
import type { SdkSpan } from "./provider.ts"
import type { SpanSender } from "./sender.ts"
import { zipkinFormat } from "./zipkin-format.ts"

export async function createSender(
  exporter: ExporterOptions,
  clock: Clock,
  packages: OtelPackages,
): Promise<SpanSender<SdkSpan>> {
  const url = endpointOf(exporter)
  if (url === undefined) return consoleSender((text) => void process.stdout.write(text))
  const { compression, headers, timeout: timeoutMs } = exporter
  const connection = connectTo(url)
  return new HttpSender(await formatOf(exporter, packages), { connection, headers, compression, timeoutMs, clock })
}

async function formatOf({ type }: ExporterOptions, { loadTransformer }: OtelPackages): Promise<SpanFormat<SdkSpan>> {
  if (type === "zipkin") return zipkinFormat
  return otlpFormat((await loadTransformer()).ProtobufTraceSerializer)
}

/** About how many bytes a span takes in a request. Others give names that are no text. */
export function sizeOf({ attributes, events, links, name }: SdkSpan): number {
  let size = 200 + sizeOfValue(name) + sizeOfAttributes(attributes)
  for (const event of events) size += 50 + sizeOfValue(event.name) + sizeOfAttributes(event.attributes)
  for (const link of links) size += 100 + sizeOfAttributes(link.attributes)
  return size
}
