import type { IncomingMessage, Server } from "node:http"

/**
 * Asks a client that waits with its body (`Expect: 100-continue`) for it when somebody reads it, and not before, as Node
 * does: a body that is refused need not be sent.
 *
 * @returns Whether the client of a request still waits. Its connection must end with the answer.
 */
export function continueWhenRead(server: Server): (incoming: IncomingMessage) => boolean {
  const waiting = new WeakSet<IncomingMessage>()
  server.on("checkContinue", (incoming, outgoing) => {
    waiting.add(incoming)
    incoming.once("resume", () => {
      waiting.delete(incoming)
      // Node reads what is left behind an answer as well.
      if (!outgoing.headersSent) outgoing.writeContinue()
    })
    server.emit("request", incoming, outgoing)
  })
  return (incoming) => waiting.has(incoming)
}
