import type { Server } from "node:http"
import type { Socket } from "node:net"
import type { Clock } from "../../../contracts/foundation/clock.ts"

const SWEEP_MS = 100

interface DrainOptions {
  readonly clock: Clock
  /** How long the listener stays open, in ms. */
  readonly delayMs: number
  /** How long connections may then stay open, in ms. */
  readonly timeoutMs: number
}

/** The open connections of a server. */
export function connectionsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  return sockets
}

/** Closes a server: first its listener, then each connection when its request is done, at the latest after the timeout. */
export async function drainServer(
  server: Server,
  connections: ReadonlySet<Socket>,
  { clock, delayMs, timeoutMs }: DrainOptions,
): Promise<void> {
  if (delayMs > 0) await clock.sleep(delayMs)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Node counts a connection as busy on which nothing came yet.
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
  const stopSweeping = every(clock, SWEEP_MS, () => server.closeIdleConnections())
  const deadline = clock.setTimeout(() => server.closeAllConnections(), timeoutMs)
  await closed
  deadline.cancel()
  stopSweeping()
}

function every(clock: Clock, ms: number, action: () => void): () => void {
  let timer = clock.setTimeout(run, ms)
  function run() {
    action()
    timer = clock.setTimeout(run, ms)
  }
  return () => timer.cancel()
}
