/** Packages go through storage and a queue into the search. */
import type { Services } from "@objectos/sdk"
import { createWorker, type QueueWorker } from "@objectos/sdk/queue"
import type { FoundPackage } from "./packages.ts"

export const SERVICES = ["cache", "queue", "search", "storage"] as const
export type Used = Services<typeof SERVICES>

export type Progress = (done: number, all: number) => void

const QUEUE = "index-package"

/** A worker that indexes the package which a message names, from what the storage has of it. */
export function createIndexer({ queue, search, storage }: Used, onResult: () => void): QueueWorker {
  return createWorker<{ index_package: { name: string } }>(
    queue,
    {
      name: "indexer",
      queues: [QUEUE],
      queueConfigs: [{ name: QUEUE, concurrency: 4 }],
      handlers: {
        index_package: async ({ data: { name } }) => {
          const manifest = JSON.parse(await (await storage.get("packages", `${name}/package.json`)).text())
          const readme = await (await storage.get("packages", `${name}/README.md`)).text()
          await search.index("packages", name, {
            name,
            description: String(manifest.description ?? ""),
            keywords: [manifest.keywords ?? []].flat().join(" "),
            readme,
            license: String(manifest.license?.type ?? manifest.license ?? "none"),
            author: String(manifest.author?.name ?? manifest.author ?? "unknown").replace(/ *[<(].*/, ""),
          })
        },
      },
    },
    { onResult },
  )
}

/** Stores the packages, publishes a message for each, and waits until all are indexed. */
export async function indexPackages(
  { queue, storage }: Used,
  worker: QueueWorker,
  packages: readonly FoundPackage[],
): Promise<number> {
  await storage.createBucket("packages")
  await worker.start()
  for (const { manifest, name, readme } of packages) {
    await storage.put("packages", `${name}/package.json`, manifest, { contentType: "application/json" })
    await storage.put("packages", `${name}/README.md`, readme, { contentType: "text/markdown" })
    await queue.publish(QUEUE, { name }, { type: "index_package" })
  }
  await worker.drain()
  return (await worker.stats()).succeeded
}
