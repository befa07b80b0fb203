import type { GcsRequest } from "./http.ts"
import { invalid } from "./refusal.ts"

/** The body of a request of the JSON API. None is an empty object. */
export function jsonBody({ body }: Pick<GcsRequest, "body">): Record<string, unknown> {
  if (body.length === 0) return {}
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"))
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch {
    // As any other text that is no object.
  }
  throw invalid("Parse Error")
}
