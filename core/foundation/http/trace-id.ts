/** The id of the trace that a request belongs to (W3C Trace Context), else a new one: 32 hex digits. */
export function traceIdOf(headers: Headers): string {
  const [, version, id, rest] =
    /^([\da-f]{2})-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(-.*)?$/.exec(headers.get("traceparent")?.trim() ?? "") ?? []
  const isValid = id !== undefined && !/^0+$/.test(id) && version !== "ff" && (version !== "00" || rest === undefined)
  return isValid ? id : crypto.randomUUID().replaceAll("-", "")
}
