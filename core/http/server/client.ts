import type { IncomingMessage } from "node:http"
import type { Client } from "../gate.ts"

/** The client of a request over a socket. What it says is looked up when somebody asks. */
export class SocketClient implements Client {
  readonly #incoming: IncomingMessage
  readonly #isBehindProxy: boolean

  constructor(incoming: IncomingMessage, isBehindProxy: boolean) {
    this.#incoming = incoming
    this.#isBehindProxy = isBehindProxy
  }

  get address(): string | undefined {
    return (this.#isBehindProxy ? this.#forwardedFor() : undefined) ?? this.#incoming.socket.remoteAddress
  }

  get isSending(): boolean {
    return !this.#incoming.complete
  }

  /** The last entry is the proxy's own; those before it are what its client said. */
  #forwardedFor(): string | undefined {
    const header = this.#incoming.headers["x-forwarded-for"]
    return (
      String(header ?? "")
        .split(",")
        .at(-1)
        ?.trim() || undefined
    )
  }
}
