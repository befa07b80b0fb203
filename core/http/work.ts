import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { onAbort } from "../../contracts/foundation/on-abort.ts"

/** What is done for one request, and until when. */
export class Work {
  readonly #request: Request
  readonly #clock: Clock
  readonly #timeoutMs: number
  #controller: AbortController | undefined
  #stop: (() => void) | undefined

  constructor(request: Request, { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number }) {
    this.#request = request
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** Aborts when the client has gone or the time is over. Made when it is asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      const { signal } = this.#request
      this.#controller = controller
      if (signal.aborted) controller.abort(signal.reason)
      this.#stop = onAbort(signal, () => controller.abort(signal.reason))
    }
    return this.#controller.signal
  }

  /** The answer, or TIMEOUT; the work is told to end then. */
  async run(work: () => Promise<Response>): Promise<Response> {
    let expire: (error: ServiceError) => void = () => {}
    const expired = new Promise<never>((_, reject) => {
      expire = reject
    })
    const timer = this.#clock.setTimeout(() => {
      const error = new ServiceError("TIMEOUT", `The request must be answered within ${this.#timeoutMs} ms.`)
      this.#controller?.abort(error)
      expire(error)
    }, this.#timeoutMs)
    try {
      return await Promise.race([work(), expired])
    } finally {
      timer.cancel()
      this.#stop?.()
    }
  }
}
