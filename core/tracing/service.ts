import { defineService } from "../foundation/service.ts"

export const tracingService = defineService({
  name: "tracing",
  platformName: "tracing",
  needsChoice: false,
  unchosen: { enabled: false },
  portable: async () => (await import("./portable-tracing.ts")).asTracing,
  environment: async () => (await import("./environment/plan.ts")).planTracingEnvironment,
  document: async () => (await import("./document.ts")).tracingDocument,
  surround: async () => (await import("./layer/surrounding.ts")).tracingSurrounding,
  routes: async () => (await import("./routes.ts")).tracingRoutes,
})
