import type { Clock } from "../../contracts/foundation/clock.ts"
import { ServiceError } from "../../contracts/foundation/errors.ts"
import { onAbort } from "../../contracts/foundation/on-abort.ts"
import type { Client } from "./gate.ts"

export interface WorkOptions {
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

  /** What the outcome is made to. One that takes too long rejects TIMEOUT, and its signal aborts. */
  bounded<T>(outcome: unknown, make: (outcome: unknown) => T): T | Promise<T> {
    return outcome instanceof Promise ? this.#within(outcome).then(make) : make(outcome)
  }

  #within(outcome: Promise<unknown>): Promise<unknown> {
    const { clock, timeoutMs } = this.#options
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        const late = this.#late()
        this.#controller?.abort(late)
        reject(late)
      }, timeoutMs)
      const settled = () => {
        timer.cancel()
        this.#forget?.()
      }
      outcome.then(
        (value) => {
          settled()
          resolve(value)
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
