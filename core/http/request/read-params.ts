import type { $ZodType } from "zod/v4/core"
import { decoded } from "./decoded.ts"
import { parametersOf, scalarOf } from "./read-query.ts"

/** The parts of the URL of a request, as they came: nothing is decoded. */
export interface RawUrl {
  readonly path: string
  readonly query: string
}

/** A parser of URLs would tidy up; the router and keys go by what was sent. */
export function rawUrlOf(url: string): RawUrl {
  const start = url.indexOf("/", url.indexOf("://") + 3)
  const hash = url.indexOf("#", start)
  const end = hash < 0 ? url.length : hash
  const mark = url.indexOf("?", start)
  if (mark < 0 || mark > end) return { path: url.slice(start, end), query: "" }
  return { path: url.slice(start, mark), query: url.slice(mark + 1, end) }
}

/** Reads the `:name` segments of the path of a route, as its schema takes them. */
export function paramsReader(path: string, schema?: $ZodType): (rawPath: string) => Record<string, unknown> {
  const parameters = schema && parametersOf(schema)
  const places = path.split("/").flatMap((part, index) => {
    const name = part.slice(1)
    return part.startsWith(":") ? [{ index, name, type: parameters?.get(name)?.type }] : []
  })
  return (rawPath) => {
    const segments = rawPath.split("/")
    const params: Record<string, unknown> = {}
    for (const { index, name, type } of places) params[name] = scalarOf(decoded(segments[index] ?? "", name), type)
    return params
  }
}
