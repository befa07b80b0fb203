/** Those that each request has by itself. */
const OWN_HEADERS = ["content-type", "content-encoding", "content-length", "transfer-encoding", "connection", "host"]
const REFUSED_HEADERS = [...OWN_HEADERS, "keep-alive", "upgrade", "expect", "te", "trailer"]

export function isHeaderName(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name)
}

/** Whether HTTP can send it. */
export function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}

export function isOwnHeader(name: string): boolean {
  return REFUSED_HEADERS.includes(name.toLowerCase())
}
