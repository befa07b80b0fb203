import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { SpanHandle } from "../../../contracts/tracing/tracing.ts"
import { messageOf, typeOf } from "../safe/exception.ts"

/** What `error.type` says: the code of a ServiceError, of all else the name of the error. */
function errorTypeOf(error: unknown): string {
  return ServiceError.is(error) ? error.code : typeOf(error)
}

/** Ends a span of what failed. */
export function endFailed(span: SpanHandle, error: unknown): void {
  span.setAttribute("error.type", errorTypeOf(error)).setStatus("error", messageOf(error)).end()
}
