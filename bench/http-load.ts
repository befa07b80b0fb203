/** A program that sends requests over connections that stay open, one at a time on each, and checks each answer. */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import type { Exchange } from "./http-things.ts"

const CONNECTIONS = 32

/** What the process is first sent; then come numbers of requests, each of which it answers when they are done. */
export interface Load {
  readonly port: number
  readonly exchanges: readonly Exchange[]
}

process.on("disconnect", () => process.exit())
const [{ port, exchanges }] = (await once(process, "message")) as [Load]
const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => connected(port)))
process.on("message", async (count: number) => {
  let next = 0
  const caller = async (socket: Socket) => {
    while (next < count) await ask(socket, exchanges[next++ % exchanges.length] as Exchange)
  }
  await Promise.all(sockets.map(caller))
  process.send?.("done")
})
process.send?.("ready")

async function connected(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true })
  await once(socket, "connect")
  return socket.on("close", () => process.exit(1))
}

function ask(socket: Socket, { answer, request }: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ""
    const onData = (piece: Buffer) => {
      received += piece.toString("latin1")
      const body = bodyOf(received)
      if (body === undefined) return
      socket.off("data", onData)
      const isRight = received.startsWith("HTTP/1.1 200 ") && (answer === "" || body === answer)
      if (isRight) resolve()
      else reject(new Error(`wrong answer: ${received}`))
    }
    socket.on("data", onData)
    socket.write(request)
  })
}

/** The body of an answer that has come as a whole; each server tells its length. */
function bodyOf(received: string): string | undefined {
  const end = received.indexOf("\r\n\r\n") + 4
  if (end < 4) return undefined
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(received.slice(0, end))?.[1]
  if (length === undefined) throw new Error(`an answer must have a length; got ${received}`)
  return received.length < end + Number(length) ? undefined : received.slice(end)
}
