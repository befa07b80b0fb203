import type { Clock } from "../../../contracts/foundation/clock.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import { onAbort } from "../../../contracts/foundation/on-abort.ts"
import type { Client } from "../gate.ts"

interface WorkOptions {
  readonly clock: Clock
  readonly timeoutMs: number
}

/** What is done for one request, and until when. */
export class Work {
  readonly #request: Request
  readonly #client: Client
  readonly #options: WorkOptions
  #controller: AbortController | undefined
  #forget: (() => void) | undefined

  constructor(request: Request, client: Client, options: WorkOptions) {
    this.#request = request
    this.#client = client
    this.#options = options
  }

  /** Aborts when the client has gone or the time is over. It is made when somebody asks for it. */
  get signal(): AbortSignal {
    this.#controller ??= this.#follow()
    return this.#controller.signal
  }

  /** The answer, or TIMEOUT where it takes too long; then the signal aborts. */
  within(answer: Promise<Response>): Promise<Response> {
    const { clock, timeoutMs } = this.#options
    return new Promise((resolve, reject) => {
      let isOver = false
      const timer = clock.setTimeout(() => {
        const late = this.#late()
        isOver = true
        this.#controller?.abort(late)
        reject(late)
      }, timeoutMs)
      const settled = () => {
        timer.cancel()
        this.#forget?.()
      }
      answer.then(
        (response) => {
          settled()
          resolve(response)
          // Nobody reads one that comes late, and it may hold a connection.
          if (isOver) response.body?.cancel().catch(() => {})
        },
        (error) => {
          settled()
          reject(error)
        },
      )
    })
  }

  #late(): ServiceError {
    const { timeoutMs } = this.#options
    if (this.#client.isSending !== true) {
      return new ServiceError("TIMEOUT", `The request must be answered within ${timeoutMs} ms.`)
    }
    return new ServiceError("TIMEOUT", `The whole request must come within ${timeoutMs} ms; send less at once.`, {
      details: { reason: "body" },
    })
  }

  #follow(): AbortController {
    const controller = new AbortController()
    const { signal } = this.#request
    const end = () => controller.abort(new ServiceError("ABORTED", "The client has gone.", { cause: signal.reason }))
    if (signal.aborted) end()
    this.#forget = onAbort(signal, end)
    return controller
  }
}
