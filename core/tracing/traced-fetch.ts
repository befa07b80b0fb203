import type { Tracing } from "../../contracts/tracing/tracing.ts"
import { requestAttributes, spanNameOf } from "../foundation/http/semantics.ts"
import { OutgoingHeaders } from "./http/outgoing-headers.ts"

export type Fetch = typeof globalThis.fetch

export interface TracedFetchOptions {
  /** Sends the requests. Default: the `fetch` of the process. */
  fetch?: Fetch | undefined
}

/**
 * A `fetch` with a span of kind client for each request, which tells the receiver of it: the header `traceparent` is sent
 * once, also beside an instrumentation of undici. A request that has the header keeps it. Baggage leaves where the
 * configuration allows it, and no other.
 *
 * The span has the method, the scheme, the host, the port and the status, and nothing else of the URL. It ends when the headers of the
 * answer are there. A status of 400 or more is an error of the span, and so is what `fetch` rejects with: the same value.
 *
 * @example
 * const fetch = tracedFetch(tracing)
 * const response = await fetch("https://api.example.com/orders")
 */
export function tracedFetch(tracing: Tracing, options: TracedFetchOptions = {}): Fetch {
  const outgoing = new OutgoingHeaders()
  const send: Fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)
  return async (input, init) => {
    const request = typeof input === "object" && "url" in input ? input : undefined
    const url = urlOf(request?.url ?? String(input))
    if (url === undefined) return send(input, init)
    const method = (init?.method ?? request?.method ?? "GET").toUpperCase()
    const attributes = requestAttributes(method, url.href)
    return tracing.withSpan(spanNameOf(method), { kind: "client", attributes }, async (span) => {
      const headers = new Headers(init?.headers ?? request?.headers)
      if (!headers.has("traceparent")) {
        const carrier: Record<string, string> = {}
        tracing.inject(carrier, span.context)
        for (const [name, value] of Object.entries(carrier)) headers.set(name, value)
      }
      try {
        const response = await outgoing.keep(headers, () => send(input, { ...init, headers }))
        span.setAttribute("http.response.status_code", response.status)
        if (response.status >= 400) span.setAttribute("error.type", String(response.status)).setStatus("error")
        return response
      } catch (error) {
        span.setAttribute("error.type", typeOf(error))
        throw error
      }
    })
  }
}

/** What can be sent over HTTP. What else there is, `fetch` answers or refuses itself: its message may have the URL in it. */
function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const isSendable = /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
  return isSendable ? url : undefined
}

/** The code of what is behind it, such as ECONNREFUSED, else its name. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return "_OTHER"
  const code = (error.cause as { readonly code?: unknown } | undefined)?.code
  return typeof code === "string" ? code : error.name
}
