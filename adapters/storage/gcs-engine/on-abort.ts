interface Waiting {
  readonly stops: Set<() => void>
  readonly listener: () => void
}

/** Node.js warns of a signal with more than ten listeners, so that each gets one for all that waits for it. */
const waiting = new WeakMap<AbortSignal, Waiting>()

/** Calls `stop` when the signal aborts. @returns What takes that back. */
export function onAbort(signal: AbortSignal | undefined, stop: () => void): () => void {
  if (signal === undefined) return () => {}
  const { listener, stops } = waiting.get(signal) ?? listen(signal)
  stops.add(stop)
  return () => {
    if (!stops.delete(stop) || stops.size > 0) return
    signal.removeEventListener("abort", listener)
    waiting.delete(signal)
  }
}

function listen(signal: AbortSignal): Waiting {
  const stops = new Set<() => void>()
  const listener = () => {
    for (const stop of stops) stop()
  }
  signal.addEventListener("abort", listener)
  const made = { listener, stops }
  waiting.set(signal, made)
  return made
}
