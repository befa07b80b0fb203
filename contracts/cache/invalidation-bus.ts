/**
 * How the processes that share a cache tell each other what they changed, so that each can have a near tier of its own.
 *
 * What an implementation guarantees:
 * - Between `connected` and `disconnected` it hands on every message that another client published in that time, each
 *   at least once, in any order, and soon: in milliseconds where all is well.
 * - It calls `disconnected` when messages may be lost from now on, and `connected` when they arrive again. In between,
 *   and before the first `connected`, they are lost: it need not keep them. A line that went silent is noticed, and
 *   reported, within seconds.
 * - It hands on no message of its own client. Where it cannot tell, as with what a server says of its keys, it may.
 * - It connects when `subscribe` is called, and again by itself whenever the connection is lost.
 *
 * What the caller does: while disconnected, and until every entry it had before is dropped, it serves none.
 */
export interface InvalidationBus {
  /** Once. Nothing connects before. */
  subscribe(listener: InvalidationListener): void
  /**
   * Resolves when the message is on its way to every client that is connected.
   *
   * Rejects UNAVAILABLE or TIMEOUT, within a bounded time: then others may not have been told.
   */
  publish(message: Invalidation): Promise<void>
  /** Releases the connection. The listener is not called any more. */
  close(): Promise<void>
}

/** Keys that were changed, or all of them. */
export type Invalidation = { readonly keys: readonly string[] } | { readonly all: true }

export interface InvalidationListener {
  invalidated(message: Invalidation): void
  connected(): void
  disconnected(): void
}
