import { decoded } from "./decoded.ts"

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

/** Reads the `:name` segments of the path of a route. */
export function paramsReader(path: string): (rawPath: string) => Record<string, string> {
  const places = path
    .split("/")
    .flatMap((part, index) => (part.startsWith(":") ? [{ index, name: part.slice(1) }] : []))
  return (rawPath) => {
    const segments = rawPath.split("/")
    const params: Record<string, string> = {}
    for (const { index, name } of places) params[name] = decoded(segments[index] ?? "", name)
    return params
  }
}
