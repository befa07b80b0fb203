import { connect } from "node:net"
import { connect as connectSecurely } from "node:tls"

const LIMIT_MS = 30_000

export interface ServerAddress {
  readonly port: number
  readonly password?: string | undefined
  /** PEM of the authority that signed its certificate, where it speaks TLS. */
  readonly ca?: string | undefined
}

/**
 * Sends one command to a Redis server and gives its reply as text: the members of an array one a line, `(nil)` for
 * nothing. Rejects with the server's error reply.
 */
export async function sendCommand(server: ServerAddress, command: readonly string[]): Promise<string> {
  const login = server.password === undefined ? [] : [["AUTH", server.password]]
  // The server closes the connection after QUIT, so the replies are complete when the stream ends.
  const bytes = await exchange(server, [...login, command, ["QUIT"]].map(encode).join(""))
  const reader = new ReplyReader(bytes)
  for (const _ of login) reader.next()
  return reader.next()
}

function exchange({ ca, port }: ServerAddress, request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const address = { port, host: "127.0.0.1" }
    const socket = ca === undefined ? connect(address) : connectSecurely({ ...address, ca })
    const timer = setTimeout(
      () => socket.destroy(new Error(`No reply from port ${port} within ${LIMIT_MS} ms.`)),
      LIMIT_MS,
    )
    socket.once("connect", () => socket.write(request))
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.once("error", reject)
    socket.once("close", () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks))
    })
  })
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`
}

class ReplyReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  next(): string {
    const end = this.#bytes.indexOf("\r\n", this.#at)
    if (end < 0) throw new Error("The server closed the connection before it replied.")
    const type = String.fromCharCode(this.#bytes[this.#at] ?? 0)
    const head = this.#bytes.toString("utf8", this.#at + 1, end)
    this.#at = end + 2
    if (type === "-") throw new Error(head)
    if (type === "+" || type === ":") return head
    const size = Number(head)
    if (size < 0) return "(nil)"
    if (type === "*") return Array.from({ length: size }, () => this.next()).join("\n")
    const text = this.#bytes.toString("utf8", this.#at, this.#at + size)
    this.#at += size + 2
    return text
  }
}
