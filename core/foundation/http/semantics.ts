/** What spans of HTTP say, by the stable conventions of OpenTelemetry (HTTP spans, version 1.45). */

const KNOWN_METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
])

/** The name of a span: it must not differ from request to request, so no URL is a part of it. */
export function spanNameOf(method: string, route?: string): string {
  const shown = KNOWN_METHODS.has(method) ? method : "HTTP"
  return route === undefined ? shown : `${shown} ${route}`
}

export function methodAttributes(method: string): Record<string, string> {
  if (KNOWN_METHODS.has(method)) return { "http.request.method": method }
  return { "http.request.method": "_OTHER", "http.request.method_original": method }
}

const ORIGIN = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d{1,5}))?/i

/** The scheme, the host and the port of a URL, and nothing else of it. */
export function originAttributes(url: string): Record<string, string | number> {
  const [, scheme = "", host = "", port] = ORIGIN.exec(url) ?? []
  if (host === "") return {}
  const known = scheme.toLowerCase()
  return {
    "url.scheme": known,
    "server.address": host.startsWith("[") ? host.slice(1, -1) : host,
    "server.port": port === undefined ? DEFAULT_PORTS[known as keyof typeof DEFAULT_PORTS] : Number(port),
  }
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const
