import { defineService } from "../foundation/service.ts"

export const storageService = defineService({
  name: "storage",
  platformName: "file-storage",
  needsChoice: true,
  portable: async () => (await import("./portable-storage.ts")).asStorage,
  routes: async () => (await import("./routes.ts")).storageRoutes,
  document: async () => (await import("./document.ts")).storageDocument,
})
