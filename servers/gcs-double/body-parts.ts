import { invalid } from "./refusal.ts"

export interface BodyPart {
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** The parts of a body of the type `multipart/…`. */
export function bodyParts(body: Buffer, contentType: string | undefined): BodyPart[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/
    .exec(contentType ?? "")
    ?.slice(1)
    .find(Boolean)
  if (boundary === undefined) throw invalid("Missing multipart boundary in the Content-Type.")
  // The first delimiter may stand at the very beginning, with no line before it.
  const whole = Buffer.concat([Buffer.from("\r\n"), body])
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const parts: BodyPart[] = []
  let start = whole.indexOf(delimiter)
  while (start >= 0) {
    const content = start + delimiter.length
    const next = whole.indexOf(delimiter, content)
    if (next < 0) break
    parts.push(partOf(whole.subarray(content, next)))
    start = next
  }
  if (start < 0 || whole.subarray(start + delimiter.length).toString("latin1", 0, 2) !== "--") {
    throw invalid("Malformed multipart body.")
  }
  return parts
}

function partOf(bytes: Buffer): BodyPart {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) throw invalid("Malformed multipart body.")
  const lines = bytes.toString("utf8", 0, end).split("\r\n").filter(Boolean)
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":")
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { headers: new Map(headers), body: bytes.subarray(end + 4) }
}
