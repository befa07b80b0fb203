import type { TracingCapabilities } from "../../contracts/tracing/tracing.ts"
import type { CapabilityOptions } from "../families/capabilities.ts"
import type { TracingClient } from "./clause.ts"

type Options = CapabilityOptions<TracingClient, TracingCapabilities>

/** What the capabilities of a tracing may be. */
export const tracingCapabilityRanges: Options["ranges"]["of"] = {
  spans: "boolean",
  exports: "boolean",
  configurable: "boolean",
}
