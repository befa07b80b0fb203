const ONE_TOKEN = /^bearer +([\x21-\x2b\x2d-\x7e]+)$/i

/**
 * The token of a request, from its header alone: a token in a URL ends in logs. Undefined without the header; empty
 * where that is anything but Bearer and one token.
 */
export function bearerToken(headers: Headers): string | undefined {
  const header = headers.get("authorization")
  return header === null ? undefined : (ONE_TOKEN.exec(header)?.[1] ?? "")
}
