/** The other side of `forkClient`: makes a client and calls its methods. */
import { ServiceError } from "../../contracts/foundation/errors.ts"
import type { ForkReply, ForkRequest } from "./fork-client.ts"

type Method = (...args: readonly unknown[]) => unknown

let client: Record<string, Method> = {}

process.on("message", (request: ForkRequest) => {
  void answer(request).then((reply) => process.send?.(reply))
})

async function answer(request: ForkRequest): Promise<ForkReply> {
  if (request.kind === "make") {
    try {
      const module = (await import(request.module)) as Record<string, Method>
      client = (await module[request.make]?.(...request.args)) as typeof client
      return { kind: "ready" }
    } catch (error) {
      return { kind: "failed", message: String(error) }
    }
  }
  const { args, id, method } = request
  try {
    return { kind: "resolved", id, value: await client[method]?.(...args) }
  } catch (error) {
    const known = ServiceError.is(error) ? error : new ServiceError("INTERNAL", String(error))
    return { kind: "rejected", id, error: known.toJSON() }
  }
}
