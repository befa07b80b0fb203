/** Use 4: work through a queue. `QUEUE_URL` chooses another adapter, and the worker may be another process then. */
import { createServices } from "@objectos/sdk"
import { batchHandler, createWorker, submitBatch, typedQueue } from "@objectos/sdk/queue"
import * as z from "zod"

const { queue, close } = await createServices({
  services: ["queue"],
  config: { queue: { name: "mail", concurrency: 2, defaultRetryPolicy: { maxRetries: 2, initialDelayMs: 10 } } },
})

// Payloads are checked when they are published, and again when they are handled.
const mails = typedQueue(queue, "mail", z.object({ to: z.string().min(3) }), { type: "send_mail" })

const worker = createWorker(
  queue,
  {
    name: "example",
    queues: ["mail", "batch"],
    handlers: {
      send_mail: mails.handler(({ data }) => `sent to ${data.to}`),
      price_item: batchHandler<{ cents: number }, number>(({ cents }) => {
        if (cents < 0) throw new Error("A price must not be negative.")
        return cents / 100
      }),
    },
  },
  { onResult: ({ taskId, status, attempt }) => console.log(`${taskId}: ${status} at attempt ${attempt}`) },
)
await worker.start()

await mails.publish({ to: "ada@example.org" })
await mails.publish({ to: "?" }).catch((error) => console.log("refused:", error.message))

// The same id again, also by another process, goes on with the same batch.
const items = Array.from({ length: 250 }, (_, index) => ({ cents: index * 10 - 10 }))
const batch = await submitBatch<number>(queue, { id: "prices:1", type: "price_item", items })
for await (const { percentage, status } of batch.progress()) console.log(`batch: ${status}, ${percentage} %`)
const { failed, results } = await batch.result()
console.log("failed:", failed, "first:", results[0], "last:", results.at(-1))

await worker.drain()
const { totalProcessed, succeeded } = await worker.stats()
console.log(`attempts: ${succeeded} of ${totalProcessed} succeeded`)

await worker.close()
await close()
