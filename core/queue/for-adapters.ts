/** What adapters share that deliver messages. `asQueue` needs none of it, so programs load it with an adapter alone. */
export {
  type AbortReason,
  type Attempt,
  type AttemptOutcome,
  GIVE_UP_MS,
  Run,
  type RunListener,
} from "./delivery/run.ts"
export { taskErrorOf } from "./delivery/task-error.ts"
export { countOfId, MessageIds, messageIds, timeOfId } from "./message-id.ts"
export { type BackoffPlan, backoffMs, type MessagePlan, planMessage } from "./message-plan.ts"
export { droppedOutcome } from "./unknown-outcome.ts"
