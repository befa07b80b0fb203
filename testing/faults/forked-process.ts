/** The other side of `forkClient`: makes a client and calls its methods. */
import { type Message, RpcEndpoint } from "./rpc-endpoint.ts"

type Make = (...args: readonly unknown[]) => object | Promise<object>

const endpoint: RpcEndpoint = new RpcEndpoint({
  send: (message) => void process.send?.(message, undefined, undefined, () => {}),
  handles: true,
  root: {
    /** @returns The id by which the client is called. */
    async make(module: string, make: string, args: readonly unknown[]): Promise<number> {
      const made = ((await import(module)) as Record<string, Make>)[make]
      if (made === undefined) throw new Error(`The module ${module} must export ${make}, a function; got undefined.`)
      return endpoint.share(await made(...args))
    },
  },
})

process.on("message", (message) => endpoint.receive(message as Message))
process.once("disconnect", () => process.exit())
