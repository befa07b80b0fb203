/**
 * Names of domain events that every part of a platform agrees on (requirement document, section 7.4): its
 * taxonomy plus the events it names per service.
 */
export const STANDARD_EVENT_NAMES = [
  "kernel.boot",
  "kernel.ready",
  "kernel.shutdown",
  "data.beforeCreate",
  "data.afterCreate",
  "data.beforeUpdate",
  "data.afterUpdate",
  "data.beforeDelete",
  "data.afterDelete",
  "data.beforeFind",
  "data.afterFind",
  "auth.login",
  "auth.logout",
  "auth.session.created",
  "plugin.init",
  "plugin.start",
  "plugin.destroy",
  "queue.task.enqueued",
  "queue.task.completed",
  "queue.task.failed",
  "queue.task.dead",
  "trace.span.created",
  "trace.span.ended",
] as const
export type StandardEventName = (typeof STANDARD_EVENT_NAMES)[number]

/** Where adapters announce what happened. `emit` costs nothing until something listens. Node's EventEmitter fits. */
export interface EventEmitter {
  emit(name: string, payload: unknown): void
  /** Where it can tell: how many listen. What nobody hears is then not put together. */
  listenerCount?(name: string): number
}
