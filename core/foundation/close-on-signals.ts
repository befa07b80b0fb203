import type { IClosable } from "../../contracts/foundation/lifecycle.ts"
import { got } from "../../contracts/foundation/text.ts"
import { invalidConfig } from "./invalid-config.ts"

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

export interface CloseOnSignalsOptions {
  /** Default SIGINT and SIGTERM. */
  signals?: readonly (typeof SIGNALS)[number][] | undefined
}

type Closable = Pick<IClosable, "close">

/**
 * Closes what it is given when the process is told to end, then lets the signal end it. A second signal ends it at
 * once.
 *
 * Several are closed in their order, each when the one before is closed: whatever uses another one stands before it.
 * One that fails is warned of (`process.emitWarning`), and the next is closed.
 *
 * @returns A function that stops listening to signals. It closes nothing.
 * @throws ServiceError INVALID_CONFIG for what has no `close`, and for another signal.
 * @example
 * const services = await createServices()
 * const worker = createWorker(services.queue, { name: "mails", queues: ["mail"], handlers })
 * await worker.start()
 * const server = await serveHttp(services)
 * closeOnSignals([server, worker, services])
 */
export function closeOnSignals(
  closables: Closable | readonly Closable[],
  { signals = ["SIGINT", "SIGTERM"] }: CloseOnSignalsOptions = {},
): () => void {
  const inOrder = [closables].flat() as readonly Closable[]
  check(inOrder, signals)
  const stop = () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
  const onSignal = async (signal: string) => {
    stop()
    for (const closable of inOrder) await closeOrWarn(closable)
    // Node.js writes a warning on a later turn.
    await new Promise(setImmediate)
    process.kill(process.pid, signal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  return stop
}

/** At once: later, nobody is there to be told. */
function check(closables: readonly Partial<Closable>[], signals: NonNullable<CloseOnSignalsOptions["signals"]>): void {
  const issues = [
    ...closables.flatMap((one, index) =>
      typeof one?.close === "function"
        ? []
        : [{ path: `closables.${index}`, message: `must have close(); got ${got(one)}` }],
    ),
    ...signals.flatMap((signal, index) =>
      SIGNALS.includes(signal)
        ? []
        : [{ path: `signals.${index}`, message: `must be one of ${SIGNALS.join(", ")}; got ${got(signal)}` }],
    ),
  ]
  if (issues.length > 0) throw invalidConfig("The arguments of closeOnSignals", issues)
}

async function closeOrWarn(closable: Closable): Promise<void> {
  try {
    await closable.close()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}
