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

const ORIGIN = /^(https?):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d{1,5}))?/i

/** The method, the route, and the scheme, the host and the port of a URL. Nothing else of a URL is told. */
export function requestAttributes(method: string, url: string, route?: string): Record<string, string | number> {
  const isKnown = KNOWN_METHODS.has(method)
  // Member by member: spread objects would cost more than the rest.
  const attributes: Record<string, string | number> = { "http.request.method": isKnown ? method : "_OTHER" }
  if (!isKnown) attributes["http.request.method_original"] = method
  if (route !== undefined) attributes["http.route"] = route
  const [, scheme = "", host = "", port] = ORIGIN.exec(url) ?? []
  if (host === "") return attributes
  const isSecure = scheme.length === "https".length
  attributes["url.scheme"] = isSecure ? "https" : "http"
  attributes["server.address"] = host.startsWith("[") ? host.slice(1, -1) : host
  attributes["server.port"] = port === undefined ? (isSecure ? 443 : 80) : Number(port)
  return attributes
}
