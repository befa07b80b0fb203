import type { TracingCapabilities } from "../../../contracts/tracing/tracing.ts"
import type { Clause } from "../../engine/clause.ts"
import type { TracingClient } from "../clause.ts"

export const attributesClauses: readonly Clause<TracingClient, TracingCapabilities>[] = []
