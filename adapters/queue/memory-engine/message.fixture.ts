import type { PublishOptions } from "../../../contracts/queue/queue.ts"
import { planMessage } from "../../../core/queue/for-adapters.ts"
import { Message } from "./message.ts"

/** A message with a count of its own, whose payload is the same. */
export function message(count: number, options: PublishOptions = {}): Message {
  const { groupKey, idempotencyKey } = options
  const id = `0000000000${count.toString().padStart(6, "0")}MAKERMAKER`
  return new Message(id, -1, count, planMessage(options), 0, { groupKey, idempotencyKey })
}
