import type { SpanHandle, Tracing } from "../../../contracts/tracing/tracing.ts"
import { httpStatusOf } from "../../foundation/http/status.ts"
import type { Gate } from "../gate.ts"
import { isPromise } from "../is-promise.ts"
import { errorTypeOf } from "./error-type.ts"
import type { RequestSpans } from "./request-spans.ts"

/** The gate, with a span `auth.check` for each check of a token, and for each that has to wait. */
export function tracedGate(gate: Gate, tracing: Tracing, spans: RequestSpans): Gate {
  return {
    admit(request, permission, client) {
      const admit = () => gate.admit(request, permission, client)
      const begin = () => tracing.startSpan("auth.check", { attributes: { "auth.permission": permission } })
      if (spans.of(request) === undefined) return admit()
      if (request.headers.has("authorization")) {
        const span = begin()
        return told(span, () => tracing.run(span.context, admit))
      }
      const caller = admit()
      return isPromise(caller) ? told(begin(), () => caller) : caller
    },
  }
}

/** What `check` gives or throws; the span says which, and ends with it. */
function told<T>(span: SpanHandle, check: () => T | PromiseLike<T>): T | Promise<T> {
  const admitted = (caller: T): T => {
    span.setAttribute("auth.outcome", "admitted").end()
    return caller
  }
  const refused = (error: unknown): never => {
    tellFailure(span, error)
    throw error
  }
  try {
    const caller = check()
    return isPromise(caller) ? Promise.resolve(caller).then(admitted, refused) : admitted(caller)
  } catch (error) {
    return refused(error)
  }
}

/** A caller that is refused is no failure of the check. */
function tellFailure(span: SpanHandle, error: unknown): void {
  const isRefusal = httpStatusOf(error) < 500
  span.setAttributes({
    "auth.outcome": isRefusal ? "refused" : "failed",
    "error.type": errorTypeOf(error),
  })
  if (!isRefusal) span.recordException(error).setStatus("error")
  span.end()
}
