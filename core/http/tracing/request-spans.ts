import type { Tracing } from "../../../contracts/tracing/tracing.ts"
import { requestAttributes, spanNameOf } from "../../foundation/http/semantics.ts"
import { RequestSpan } from "./request-span.ts"

/** Nobody has the answer. */
const CLIENT_GONE = 499

/** The spans of the requests that are answered now. */
export class RequestSpans {
  readonly #tracing: Tracing
  readonly #spans = new WeakMap<Request, RequestSpan>()

  constructor(tracing: Tracing) {
    this.#tracing = tracing
  }

  of(request: Request): RequestSpan | undefined {
    return this.#spans.get(request)
  }

  /**
   * The answer, for which a span is active. Its parent is the one that the request names: whoever called has none to give.
   *
   * @param route The path of the route that takes it, where one does.
   * @param answer Must not reject.
   */
  answer(request: Request, route: string | undefined, answer: () => Response | Promise<Response>): Promise<Response> {
    const { headers, method, url } = request
    const options = {
      kind: "server",
      parent: this.#tracing.extract(Object.fromEntries(headers)) ?? null,
      attributes: requestAttributes(method, url, route),
    } as const
    return new Promise((resolve) => {
      void this.#tracing.withSpan(spanNameOf(method, route), options, async (handle) => {
        const span = new RequestSpan(handle)
        this.#spans.set(request, span)
        const response = await answer()
        const body = span.answered(request.signal.aborted ? CLIENT_GONE : response.status)
        resolve(response)
        await body
      })
    })
  }
}
