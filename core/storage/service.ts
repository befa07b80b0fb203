import { defineService } from "../foundation/service.ts"

export const storageService = defineService({
  name: "storage",
  platformName: "file-storage",
  needsChoice: true,
  portable: async () => (await import("./portable-storage.ts")).asStorage,
  document: async () => (await import("./document.ts")).storageDocument,
})
