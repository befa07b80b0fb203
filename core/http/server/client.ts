import type { IncomingMessage, ServerResponse } from "node:http"
import type { Client } from "../gate.ts"

/** The client of a request over a socket. What it says is looked up when somebody asks. */
export class SocketClient implements Client {
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #isBehindProxy: boolean

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, isBehindProxy: boolean) {
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#isBehindProxy = isBehindProxy
  }

  get address(): string | undefined {
    return (this.#isBehindProxy ? this.#forwardedFor() : undefined) ?? this.#incoming.socket.remoteAddress
  }

  get isSending(): boolean {
    return !this.#incoming.complete
  }

  cut(): void {
    this.#outgoing.destroy()
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
