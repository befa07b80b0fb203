/// <reference lib="esnext.disposable" />
/**
 * Life of every service: the first call (or `services.ready()`) connects, `close()` ends it.
 *
 * What an implementer guarantees:
 * - close() resolves, and resolves again when called again, also concurrently. [CLOSE-01]
 * - After close() each operation rejects with CLOSED and does nothing. [CLOSE-02]
 * - Operations under way when close() is called settle. [CLOSE-03]
 * - `await using` closes: [Symbol.asyncDispose]() does what close() does. [CLOSE-04]
 * - Closing one client leaves other clients of the same store working, and lets new ones be made. [CLOSE-05]
 * - A service closed before its first use closes without an error, and is closed. [CLOSE-06]
 * - close() releases sockets and timers: nothing of the service keeps the process alive. [CLOSE-07]
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
