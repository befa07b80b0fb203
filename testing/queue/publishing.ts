import type { PublishOptions, QueueCapabilities } from "../../contracts/queue/queue.ts"
import type { QueueClient } from "./clause.ts"
import { NO_ID } from "./probes.ts"

export type Publish = (queue: QueueClient, name: string, data: unknown, options?: PublishOptions) => Promise<string>

/** The methods that publish, each as a call that publishes one message. The first is the plainest. */
export function publishing({ management }: QueueCapabilities): [method: string, publish: Publish][] {
  const publish: Publish = (queue, name, data, options) => queue.publish(name, data, options)
  const publishMany: Publish = async (queue, name, data, options) => {
    const [id = NO_ID] = await queue.publishMany(name, [{ data, options }])
    return id
  }
  const calls: [string, Publish][] = [["publish", publish]]
  if (management) calls.push(["publishMany", publishMany])
  return calls
}
