/** Who waits for a signal, by the signal. Node.js 20 warns of more than ten listeners on one, as many calls would have. */
const waiting = new WeakMap<AbortSignal, Waiting>()

interface Waiting {
  readonly calls: Set<() => void>
  readonly listener: () => void
}

/**
 * Calls `then` once when the signal aborts. One that has aborted already calls nobody.
 *
 * @returns What ends the wait.
 */
export function onAbort(signal: AbortSignal | undefined, then: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => {}
  const { calls, listener } = waiting.get(signal) ?? listenTo(signal)
  const call = () => then()
  calls.add(call)
  return () => {
    if (!calls.delete(call) || calls.size > 0) return
    waiting.delete(signal)
    signal.removeEventListener("abort", listener)
  }
}

function listenTo(signal: AbortSignal): Waiting {
  const calls = new Set<() => void>()
  const listener = () => {
    for (const call of calls) call()
    calls.clear()
  }
  signal.addEventListener("abort", listener, { once: true })
  const own = { calls, listener }
  waiting.set(signal, own)
  return own
}
