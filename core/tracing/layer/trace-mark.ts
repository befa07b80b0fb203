import { isPlainObject } from "../../../contracts/foundation/plain-object.ts"

type Metadata = Readonly<Record<string, string>>

/** The entry of a message's metadata that holds the mark, as JSON. */
export const TRACE_MARK = "objectos-trace"

/** What the layer did to the metadata of a message. */
export interface TraceMark {
  /** The names of the entries that are the layer's. */
  readonly wrote: readonly string[]
  /** The entries that had to go for them; undefined where no metadata was given. */
  readonly over: Metadata | undefined
}

export function markOf(mark: TraceMark): string {
  return JSON.stringify(mark)
}

/** The mark of metadata, or undefined where there is none that is well formed. */
export function readMark(metadata: Metadata): TraceMark | undefined {
  if (!Object.hasOwn(metadata, TRACE_MARK)) return undefined
  const mark = parsed(metadata[TRACE_MARK])
  if (!isPlainObject(mark)) return undefined
  const { over, wrote } = mark
  if (!Array.isArray(wrote) || !wrote.every(isText)) return undefined
  return over === undefined || isMetadata(over) ? { wrote, over } : undefined
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? "")
  } catch {
    return undefined
  }
}

function isMetadata(value: unknown): value is Metadata {
  return isPlainObject(value) && Object.values(value).every(isText)
}

function isText(value: unknown): value is string {
  return typeof value === "string"
}
