import type { EnvironmentPlan, ReadEnvironment } from "../../foundation/document.ts"
import { readTracingEnvironment } from "../environment.ts"

/** What the variables of OpenTelemetry say, as options of an adapter; one that does not have an option does without. */
export const planTracingEnvironment: ReadEnvironment = (env): EnvironmentPlan => {
  const { exporter, issues, options, sources } = readTracingEnvironment(env)
  const isOff = options.enabled === false
  return {
    issues,
    ...(exporter !== undefined && !isOff && { adapter: { name: "opentelemetry", path: exporter.variable } }),
    options: Object.entries(options).map(([key, value]) => ({
      key,
      value,
      source: sources[key as keyof typeof sources] ?? "the environment",
      given: false,
      optional: true,
    })),
  }
}
