import type { Logger } from "../../../contracts/adapter.ts"
import type { Tracing } from "../../../contracts/tracing/tracing.ts"

/** A logger whose lines say in which trace they were written, as `traceId` of the details, while a span is active. */
export function withTraceId(logger: Logger, tracing: Tracing): Logger {
  if (tracing.getConfig().enabled === false) return logger
  const write =
    (level: keyof Logger) =>
    (message: string, details?: Record<string, unknown>): void => {
      const traceId = tracing.activeContext()?.traceId
      const said = traceId === undefined ? details : { traceId, ...details }
      if (said === undefined) logger[level](message)
      else logger[level](message, said)
    }
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") }
}
