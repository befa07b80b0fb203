import { defineService } from "../foundation/service.ts"

export const tracingService = defineService({
  name: "tracing",
  platformName: "tracing",
  needsChoice: false,
  portable: async () => (await import("./portable-tracing.ts")).asTracing,
})
