/** A worker in a process of its own: it handles orders until its parent disconnects. */
import { createServices } from "../../core/services.ts"
import { builtinAdapters } from "../manifest.ts"

const { close, queue, search, tracing } = await createServices({
  adapters: builtinAdapters,
  services: ["queue", "search", "tracing"],
})

await queue.subscribe<{ id: string }>("orders", async ({ data }) => {
  await search.index("orders", data.id, { text: "two lamps" })
})

// What the handler did is over when the queue is.
process.on("message", () => void queue.whenIdle("orders").then(() => process.send?.("idle")))
process.on("disconnect", () => void close())
process.send?.(tracing.getConfig().enabled === true ? "ready" : "not traced")
