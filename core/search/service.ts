import { defineService } from "../foundation/service.ts"

export const searchService = defineService({
  name: "search",
  platformName: "search",
  needsChoice: false,
  portable: async () => (await import("./portable-search.ts")).asSearch,
  routes: async () => (await import("./routes.ts")).searchRoutes,
  document: async () => (await import("./document.ts")).searchDocument,
})
