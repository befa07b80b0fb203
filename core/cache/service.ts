import { defineService } from "../foundation/service.ts"

export const cacheService = defineService({
  name: "cache",
  platformName: "cache",
  needsChoice: true,
  portable: async () => (await import("./portable-cache.ts")).asCache,
  routes: async () => (await import("./routes.ts")).cacheRoutes,
  document: async () => (await import("./document.ts")).cacheDocument,
  observe: async () => (await import("./layers/events.ts")).withEvents,
})
