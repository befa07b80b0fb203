import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type ErrorCode, ServiceError } from "../../../contracts/foundation/errors.ts"
import { inNoContext } from "../../../contracts/foundation/no-context.ts"

interface ListenOptions {
  readonly host: string
  readonly port: number
}

/** Where a server listens now. @throws ServiceError INVALID_CONFIG, or UNAVAILABLE for a port that is in use. */
export function listen(server: Server, { host, port }: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, port))
    server.once("error", onError)
    const onListening = () => {
      server.removeListener("error", onError)
      resolve(server.address() as AddressInfo)
    }
    // Requests run in the context in which a server was told to listen.
    inNoContext(() => server.listen({ host, port }, onListening))
  })
}

const WRONG_HOST = "The host must be an address of this machine; got another one; choose 127.0.0.1 or 0.0.0.0."

function listenError(error: NodeJS.ErrnoException, port: number): unknown {
  const said: Readonly<Record<string, readonly [ErrorCode, string]>> = {
    EADDRINUSE: [
      "UNAVAILABLE",
      `The port ${port} must be free; another server listens on it; end that one or choose another port.`,
    ],
    EACCES: [
      "INVALID_CONFIG",
      `The port ${port} must be one that this user may listen on; choose a port of 1024 or more.`,
    ],
    EADDRNOTAVAIL: ["INVALID_CONFIG", WRONG_HOST],
    EAI_AGAIN: ["UNAVAILABLE", "The name of the host cannot be looked up for now; choose an address, or try again."],
    ENOTFOUND: ["INVALID_CONFIG", WRONG_HOST],
  }
  const [code, message] = said[error.code ?? ""] ?? ["INTERNAL", "The server cannot listen; see the cause."]
  return new ServiceError(code, message, { cause: error })
}

/** The URL under which this machine reaches the server. */
export function urlOf({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `http://localhost:${port}`
  return family === "IPv6" ? `http://[${address}]:${port}` : `http://${address}:${port}`
}
