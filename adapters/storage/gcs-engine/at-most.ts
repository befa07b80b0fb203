/** Does something with each item, with at most so many under way. Rejects with the first failure, once all have ended. */
export async function atMost<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]()
  const workers = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const item of left) await work(item)
  })
  for (const outcome of await Promise.allSettled(workers)) if (outcome.status === "rejected") throw outcome.reason
}
