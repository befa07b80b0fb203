import net from "node:net"

/** A proxy that cuts its connections at one command. */
export interface CuttingProxy {
  readonly port: number
  /** How often it has cut. */
  readonly cuts: number
  /**
   * Cuts once, at the next bytes from a client that have `text` in them: `before` the server gets them, or `after` it has
   * answered, so that the answer is lost.
   */
  cutAt(text: string, when: "before" | "after"): void
  close(): Promise<void>
}

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const sockets = new Set<net.Socket>()
  let wanted: { readonly text: string; readonly when: "before" | "after" } | undefined
  let cuts = 0

  const server = net.createServer((client) => {
    const upstream = net.connect({ host: "127.0.0.1", port })
    let swallowing = false
    const cut = () => {
      cuts++
      client.resetAndDestroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on("error", () => {})
      socket.on("close", () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on("data", (chunk) => {
      if (wanted === undefined || !chunk.includes(wanted.text)) return void upstream.write(chunk)
      const { when } = wanted
      wanted = undefined
      if (when === "before") return cut()
      swallowing = true
      upstream.write(chunk)
    })
    upstream.on("data", (chunk) => {
      if (swallowing) cut()
      else client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    get cuts() {
      return cuts
    },
    cutAt(text, when) {
      wanted = { text, when }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
