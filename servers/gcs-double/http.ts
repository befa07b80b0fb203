import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http"

/** A request as it came in: nothing of the path is decoded or folded. */
export interface GcsRequest {
  readonly method: string
  /** Without the query, with its percent signs. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** False when the connection ended before the body did. */
  readonly complete: boolean
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: Buffer | string
}

export async function readRequest(message: IncomingMessage): Promise<GcsRequest> {
  const { headers, method = "GET", url = "/" } = message
  const mark = url.indexOf("?")
  const chunks: Buffer[] = []
  const complete = await new Promise<boolean>((resolve) => {
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.once("end", () => resolve(true))
    message.once("close", () => resolve(false))
    message.once("error", () => resolve(false))
  })
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    headers,
    body: Buffer.concat(chunks),
    complete,
  }
}

export function send(response: ServerResponse, { body = "", headers = {}, status }: Reply): void {
  const bytes = Buffer.from(body)
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === "string" ? value : [...value])
  }
  if (status !== 204 && status !== 304 && !response.hasHeader("content-length")) {
    response.setHeader("content-length", bytes.length)
  }
  response.end(bytes)
}

export function json(body: unknown, status = 200): Reply {
  return { status, headers: { "content-type": "application/json; charset=UTF-8" }, body: JSON.stringify(body) }
}

/** One header; of a list, its parts joined with a comma. */
export function header({ headers }: Pick<GcsRequest, "headers">, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(",") : value
}

/** Text of a header as UTF-8: HTTP carries bytes, which Node shows as Latin-1. */
export const textOfHeader = (value: string): string => Buffer.from(value, "latin1").toString("utf8")
export const headerOfText = (value: string): string => Buffer.from(value, "utf8").toString("latin1")
