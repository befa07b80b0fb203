import { createOpenTelemetryTracing } from "../opentelemetry.ts"

/** A process that ends a span, and itself. */
const [endpoint = "", ending] = process.argv.slice(2)
const tracing = await createOpenTelemetryTracing({ exporter: { endpoint } })
tracing.startSpan("span").end()
if (ending === "close") await tracing.close()
if (ending === "flush") await tracing.flush(200)
process.stdout.write("done\n")
// The request of a flush that is over may still wait for its answer.
if (ending === "flush") process.exit()
