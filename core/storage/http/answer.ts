import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { httpStatusOf } from "../../foundation/http-status.ts"
import { bodyFailure } from "../errors.ts"

export interface AnswerOptions {
  /** Told of what was answered with a status of 500 or more. What it throws is ignored. */
  onError?: ((error: unknown) => void) | undefined
}

/** The answer to a request, whatever happens: an error becomes one too. */
export async function answering(
  { method }: Request,
  answer: () => Promise<Response>,
  { onError }: AnswerOptions,
): Promise<Response> {
  try {
    return await answer()
  } catch (failure) {
    const error = bodyFailure(failure)
    const status = httpStatusOf(error)
    if (status >= 500) tellQuietly(onError, error)
    const { body, headers } = contentOf(error, status)
    const isEmpty = method === "HEAD" || status === 304
    return new Response(isEmpty ? null : body, { status, headers })
  }
}

/** Messages of ServiceErrors show no key and no secret; those of other errors might. */
function contentOf(error: unknown, status: number): { body: string; headers: Headers } {
  const known = ServiceError.is(error) ? error : new ServiceError("INTERNAL", "The request failed.")
  const { code, details = {}, message } = known
  const headers = new Headers({
    "cache-control": "no-store",
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
  })
  if (status === 416) headers.set("content-range", `bytes */${details["size"]}`)
  if (Array.isArray(details["allow"])) headers.set("allow", details["allow"].join(", "))
  return { body: JSON.stringify({ error: { code, message } }), headers }
}

function tellQuietly(onError: AnswerOptions["onError"], error: unknown): void {
  try {
    onError?.(error)
  } catch {
    // It is no part of the answer.
  }
}
