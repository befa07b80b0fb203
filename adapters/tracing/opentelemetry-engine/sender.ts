import type { ServiceError } from "../../../contracts/foundation/errors.ts"

export interface Sending {
  /** Ends the sending. */
  readonly signal: AbortSignal
  /**
   * Waits between two tries, in ms, at most. Rejects when the signal aborts.
   *
   * @param isAsked The receiver asked for the pause: it lasts as long as that.
   */
  pause(ms: number, isAsked: boolean): Promise<void>
}

/** Brings spans to a receiver. */
export interface SpanSender<Span> {
  /** @returns How many spans were taken. Rejects where none was. It ends with the signal. */
  send(spans: readonly Span[], sending: Sending): Promise<number>
  /** Why the receiver did not take all spans the last time; undefined where it did, and before. */
  readonly failure: ServiceError | undefined
  /** Asks the receiver whether it is there. @throws ServiceError */
  check(signal: AbortSignal): Promise<void>
  /** Lets go of its connections. */
  close(): void
}
