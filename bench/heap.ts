import type { Target } from "./suite.ts"

/** Bytes that each of `entries` takes, with its key and its value: what is left of `build` after collecting garbage. */
export function heapPerEntry(entries: number, build: () => Promise<unknown>): Target {
  return {
    async measure() {
      // What only a first build needs, code and hidden classes, is not counted.
      await build()
      const before = await bytesInUse()
      const built = await build()
      const after = await bytesInUse()
      if (built === undefined) throw new Error("nothing was built")
      return (after - before) / entries
    },
  }
}

export async function bytesInUse(): Promise<number> {
  // A turn of the event loop lets go of what finished calls held.
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
