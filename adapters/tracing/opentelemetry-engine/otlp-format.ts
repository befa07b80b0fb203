import type { SpanFormat } from "./http-sender.ts"
import type { SdkSpan } from "./provider.ts"

interface Answer {
  readonly partialSuccess?: { readonly rejectedSpans?: unknown } | null
}

/** What is used of `@opentelemetry/otlp-transformer`. */
export interface TraceSerializer {
  serializeRequest(spans: never): Uint8Array | undefined
  deserializeResponse(answer: Uint8Array): unknown
}

/**
 * OTLP in protobuf, by OpenTelemetry's own package. JSON has no form for some numbers and names, and a receiver refuses
 * the whole batch for one of them.
 */
export function otlpFormat(serializer: TraceSerializer): SpanFormat<SdkSpan> {
  return {
    contentType: "application/x-protobuf",
    empty: new Uint8Array(),
    write(spans) {
      const bytes = serializer.serializeRequest(spans as never)
      if (bytes === undefined) throw new TypeError("The spans cannot be serialized.")
      return bytes
    },
    refusedIn(answer, contentType) {
      if (answer.length === 0) return 0
      try {
        if (contentType.startsWith("application/x-protobuf")) return refusedBy(serializer.deserializeResponse(answer))
        if (contentType.startsWith("application/json")) return refusedBy(JSON.parse(Buffer.from(answer).toString()))
      } catch {
        // It says what it is, and is something else.
      }
      return undefined
    },
  }
}

/** Undefined where it is no answer of OTLP: a count is a whole number. */
function refusedBy(answer: unknown): number | undefined {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return undefined
  const count = Number((answer as Answer).partialSuccess?.rejectedSpans ?? 0)
  return Number.isInteger(count) && count >= 0 ? count : undefined
}
