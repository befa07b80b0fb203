import type { EventEmitter } from "../../contracts/foundation/events.ts"

/** Announces. The fault of a listener is not one of the service, and what nobody hears is not announced. */
export function emitQuietly(events: EventEmitter | undefined, name: string, payload: unknown): void {
  try {
    if (events?.listenerCount?.(name) !== 0) events?.emit(name, payload)
  } catch {
    // Told to nobody: the call that is announced went on.
  }
}
