/// <reference lib="esnext.disposable" />
/**
 * Life of every service: the first call (or `services.ready()`) connects, `close()` ends it. The rules are CLOSE-01 to 07
 * of `clauses.ts`.
 *
 * Who made a client closes it: an injected client stays open.
 */
export interface IClosable {
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** An implementation that can connect ahead of its first call. `services.ready()` calls it. */
export interface IConnectable {
  /** Resolves when the service can be used. Rejects UNAVAILABLE, TIMEOUT or PERMISSION_DENIED. */
  connect(): Promise<void>
}
