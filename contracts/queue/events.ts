/** What a queue announces through `events` of its context, by name. Each is told once, by the process that did it. */
import type { FailedMessage, TaskError } from "./message.ts"

interface TaskEvent {
  /** The name of the instance among the services. */
  service: string
  queue: string
  id: string
  type?: string
}

export interface QueueEvents {
  /** A message was accepted that was not there before. */
  "queue.task.enqueued": TaskEvent
  "queue.task.completed": TaskEvent & { attempts: number; durationMs: number }
  /** An attempt failed. */
  "queue.task.failed": TaskEvent & { attempts: number; durationMs: number; error: TaskError; willRetry: boolean }
  "queue.task.dead": TaskEvent & { attempts: number; reason: FailedMessage["reason"]; error: TaskError }
  /** A handler returned what is not JSON data, or over maxPayloadBytes: the message is completed, without a result. */
  "queue.result.refused": TaskEvent & { message: string }
  /** A handler gave something after its attempt was over: it was discarded. */
  "queue.result.discarded": TaskEvent & { attempts: number; reason: "lost" | "timeout" | "closed" }
  /** The next tick of a schedule could not be found; it is tried again. */
  "queue.schedule.failed": { service: string; queue: string; name: string; error: TaskError }
}
