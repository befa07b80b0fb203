/** What the document says of answers that tell an error. */
import * as z from "zod/mini"
import { ERROR_CODES } from "../../../contracts/foundation/errors.ts"
import { isRawBody, type Route } from "../../foundation/http/route.ts"
import type { JsonSchema, OpenApiHeader, OpenApiReference, OpenApiResponse } from "./document.ts"

/** The body of each of them. */
export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(ERROR_CODES),
    message: z.string(),
    details: z.optional(
      z.strictObject({
        reason: z.optional(z.string()),
        issues: z.optional(z.array(z.strictObject({ path: z.string(), message: z.string() }))),
        outcome: z.optional(z.string()),
      }),
    ),
    traceId: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  }),
})

const retryAfter = { "Retry-After": header("Seconds to wait, where they are known.", { type: "integer", minimum: 0 }) }

const KNOWN: Readonly<Record<number, Pick<OpenApiResponse, "description" | "headers">>> = {
  400: { description: "The request is malformed, or the service refuses an argument." },
  401: {
    description: "A token is missing, or is not good.",
    headers: { "WWW-Authenticate": header("`Bearer`.", { type: "string" }) },
  },
  403: { description: "The caller must not do this." },
  404: { description: "What the request names is not there." },
  408: { description: "The body did not come in time." },
  409: { description: "What the request would make is there already, or is in use." },
  412: { description: "A condition of the request does not hold." },
  413: { description: "The body, or something in it, is too long." },
  415: { description: "The type of the body is another one." },
  416: {
    description: "The range is not in the object.",
    headers: { "Content-Range": header("The size: `bytes */1234`.", { type: "string" }) },
  },
  422: { description: "The schema refuses the request; `details.issues` says why." },
  429: { description: "Too many requests for now.", headers: retryAfter },
  500: { description: "The request failed." },
  501: { description: "The adapter of the service does not have this." },
  503: { description: "The service cannot be reached for now, or is closed.", headers: retryAfter },
  504: { description: "There was no answer in time; whether it was done is unknown." },
}

/** The statuses of the errors that a route may answer with. */
export function errorStatuses({ body, errors = [], params, permission, query }: Route): number[] {
  const hasSchema = params !== undefined || query !== undefined || (body !== undefined && !isRawBody(body))
  const statuses = [
    // Nobody needs a token for a public route, but one that is sent must be good.
    ...[401, 429, 500, 503, 504, ...errors],
    ...(permission === "public" ? [] : [403, 501]),
    ...(hasSchema ? [400, 422] : []),
    ...(params === undefined ? [] : [404]),
    ...(body === undefined ? [] : [400, 408, 413, 415]),
  ]
  return [...new Set(statuses)].sort((a, b) => a - b)
}

export function errorResponseOf(status: number, schema: OpenApiReference): OpenApiResponse {
  const known = KNOWN[status] ?? { description: `The request failed with ${status}.` }
  return { ...known, content: { "application/json": { schema } } }
}

function header(description: string, schema: JsonSchema): OpenApiHeader {
  return { description, schema }
}
