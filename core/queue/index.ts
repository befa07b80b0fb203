/** The queue: what makes one of an implementation. */
export type * from "../../contracts/queue/queue.ts"
export { type AsQueueOptions, asQueue } from "./portable-queue.ts"
