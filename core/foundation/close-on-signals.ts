import type { IClosable } from "../../contracts/foundation/lifecycle.ts"

export interface CloseOnSignalsOptions {
  /** Default SIGINT and SIGTERM. */
  signals?: readonly ("SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT")[] | undefined
}

/**
 * Closes the services when the process is told to end, then lets the signal end it. A second signal ends it at once.
 *
 * @returns A function that stops listening.
 * @example
 * const services = await createServices()
 * closeOnSignals(services)
 */
export function closeOnSignals(
  services: Pick<IClosable, "close">,
  { signals = ["SIGINT", "SIGTERM"] }: CloseOnSignalsOptions = {},
): () => void {
  const stop = () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
  const onSignal = (signal: string) => {
    stop()
    services
      .close()
      .catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)))
      .finally(() => process.kill(process.pid, signal))
  }
  for (const signal of signals) process.on(signal, onSignal)
  return stop
}
