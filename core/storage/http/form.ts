/** Forms with a file (`multipart/form-data`, RFC 7578), read as they come: a file is never held. */
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { formRefused } from "../errors.ts"
import { Mark } from "./mark.ts"
import { bytesOf } from "./request-body.ts"

/** All that stands before the file, which a form may not use to fill the memory. */
const MAX_FIELD_BYTES = 65_536

export interface Form {
  /** What stands before the file. */
  readonly fields: Readonly<Record<string, string>>
  readonly file: FormFile
}

interface FormFile {
  /** Of its field. */
  readonly name: string
  readonly contentType: string | undefined
  /** It fails where the form is cut, or where a field follows. */
  readonly body: AsyncIterable<Uint8Array>
}

const LINE_END = new Mark("\r\n")
const HEADERS_END = new Mark("\r\n\r\n")

interface PartHeaders {
  readonly name: string
  readonly isFile: boolean
  readonly contentType: string | undefined
}

export function isForm(headers: Headers): boolean {
  return /^multipart\/form-data *(?:;|$)/i.test(headers.get("content-type") ?? "")
}

/**
 * Reads a form up to its file, which is its last field: one named `file`, or with a filename.
 *
 * @throws ServiceError UNSUPPORTED, reason "content-type", for a request that is no form; INVALID_ARGUMENT, reason
 * "body", for a form without a file or with faults; LIMIT_EXCEEDED for one whose fields have more than 64 KiB.
 */
export async function readForm(request: Request): Promise<Form> {
  const parts = new Parts(bytesOf(request), boundaryOf(request.headers))
  const fields = new Map<string, string>()
  while (await parts.next()) {
    const { contentType, isFile, name } = await parts.headers()
    if (isFile) return { fields: Object.fromEntries(fields), file: { name, contentType, body: parts.file() } }
    if (fields.has(name)) throw formRefused("A form must not have two fields of one name.")
    fields.set(name, await parts.text())
  }
  throw formRefused("A form must have a file.")
}

function boundaryOf(headers: Headers): string {
  if (!isForm(headers)) {
    throw new ServiceError("UNSUPPORTED", "The body must be a form, multipart/form-data.", {
      details: { reason: "content-type" },
    })
  }
  const header = headers.get("content-type") ?? ""
  const [, quoted, bare] = /; *boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))(?: *;| *$)/i.exec(header) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) throw formRefused("A form must name its boundary, 1 to 70 characters.")
  return boundary
}

/** The parts of a form, one after the other. */
class Parts {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #delimiter: Mark
  /** What has come and was not read. A line end before the form, so that its first boundary looks as all others. */
  #held: Uint8Array = LINE_END.bytes
  #left = MAX_FIELD_BYTES
  #hasBegun = false

  constructor(source: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]()
    this.#delimiter = new Mark(`\r\n--${boundary}`)
  }

  /** Goes to the next part. @returns False at the end of the form. */
  async next(): Promise<boolean> {
    // What stands before the first boundary is no part.
    if (!this.#hasBegun) await this.#take(this.#delimiter)
    this.#hasBegun = true
    while (this.#held.length < 2) await this.#more()
    if (decode(this.#held.subarray(0, 2)) === "--") return false
    if (decode(await this.#take(LINE_END)).trim() !== "") {
      throw formRefused("A boundary of a form must stand in a line of its own.")
    }
    // Where there are no headers, their end begins with this line end.
    this.#held = joined([LINE_END.bytes, this.#held])
    return true
  }

  async headers(): Promise<PartHeaders> {
    const lines = decode(await this.#take(HEADERS_END)).split("\r\n")
    const headers = new Map(lines.map(headerOf))
    const params = paramsOf(headers.get("content-disposition") ?? "")
    const name = params.get("name")
    if (name === undefined) throw formRefused("A field of a form must have a name.")
    return { name, isFile: name === "file" || params.has("filename"), contentType: headers.get("content-type") }
  }

  async text(): Promise<string> {
    return decode(await this.#take(this.#delimiter))
  }

  async *file(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#until(this.#delimiter)
    if (await this.next()) throw formRefused("The file must be the last field of a form.")
  }

  /** All up to a mark, which is passed over. */
  async #take(mark: Mark): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.#until(mark)) {
      pieces.push(piece)
      this.#left -= piece.length
      if (this.#left < 0) throw tooLong()
    }
    return joined(pieces)
  }

  async *#until(mark: Mark): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const { length } = mark.bytes
      const at = mark.indexIn(this.#held)
      // The mark may have come in part.
      const end = at < 0 ? Math.max(0, this.#held.length - length + 1) : at
      const piece = this.#held.subarray(0, end)
      this.#held = this.#held.subarray(at < 0 ? end : end + length)
      if (piece.length > 0) yield piece
      if (at >= 0) return
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next()
    if (done) throw formRefused("The form was cut before its end.")
    this.#held = joined([this.#held, value])
  }
}

function tooLong(): ServiceError {
  return new ServiceError(
    "LIMIT_EXCEEDED",
    `The fields before the file of a form must have at most ${MAX_FIELD_BYTES} bytes.`,
  )
}

function headerOf(line: string): [name: string, value: string] {
  const [name = "", ...value] = line.split(":")
  return [name.trim().toLowerCase(), value.join(":").trim()]
}

/** The parameters of a Content-Disposition of a field. */
function paramsOf(disposition: string): Map<string, string> {
  const [, rest = ""] = /^form-data *(;.*)$/is.exec(disposition) ?? []
  const params = rest.matchAll(/; *([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)) */gsy)
  return new Map(
    Array.from(params, ([, name = "", quoted, bare = ""]) => {
      return [name.toLowerCase(), quoted?.replaceAll(/\\(["\\])/g, "$1") ?? bare] as const
    }),
  )
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const some = pieces.filter(({ length }) => length > 0)
  if (some.length === 1) return some[0] as Uint8Array
  const all = new Uint8Array(some.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of some) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
}
