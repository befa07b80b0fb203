import { defineService } from "../foundation/service.ts"

export const queueService = defineService({
  name: "queue",
  platformName: "queue",
  needsChoice: true,
  portable: async () => (await import("./portable-queue.ts")).asQueue,
  routes: async () => (await import("./routes.ts")).queueRoutes,
  document: async () => (await import("./document.ts")).queueDocument,
  testKit: async () => (await import("./test-kit.ts")).queueTestKit,
})
