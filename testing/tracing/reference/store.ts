import type { RecordedSpan } from "../../../contracts/tracing/tracing.ts"
import { ReferenceStore } from "../../foundation/reference-service.ts"

/** A span that reached the receiver, and the client that sent it. */
export interface ReceivedSpan {
  readonly from: string
  readonly span: RecordedSpan
}

/** The receiver: what several clients share, as they would share a collector. */
export class TracingStore extends ReferenceStore {
  /** In the order of their coming. */
  readonly received: ReceivedSpan[] = []
  /** Makes names of clients that were never given before. */
  clients = 0
  readonly #contexts: (() => void)[] = []

  /** On Node 20 a kind of context that nobody ends makes every promise of the process slower. */
  keepContext(end: () => void): void {
    this.#contexts.push(end)
  }

  endContexts(): void {
    for (const end of this.#contexts.splice(0)) end()
  }
}
