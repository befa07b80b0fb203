import type { Caller, RouteCall } from "../../foundation/http/route.ts"
import type { Work } from "./work.ts"

/** What a handler is handed. A class, since each object literal with a getter costs the engine a shape of its own. */
export class Call implements RouteCall {
  readonly params: unknown
  readonly query: unknown
  body: unknown
  readonly request: Request
  readonly maxBodyBytes: number
  readonly caller: Caller | undefined
  readonly #work: Work

  constructor(given: Omit<RouteCall, "body" | "signal">, work: Work) {
    this.params = given.params
    this.query = given.query
    this.body = undefined
    this.request = given.request
    this.maxBodyBytes = given.maxBodyBytes
    this.caller = given.caller
    this.#work = work
  }

  get signal(): AbortSignal {
    return this.#work.signal
  }
}
