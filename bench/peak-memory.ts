const MIB = 1024 * 1024
const SAMPLE_MS = 5

/** Megabytes that the process held at most, while `run` ran, over what it held before. */
export async function peakOver(run: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.()
  const base = process.memoryUsage.rss()
  let peak = base
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(sample, SAMPLE_MS)
  try {
    await run()
    sample()
  } finally {
    clearInterval(timer)
  }
  return (peak - base) / MIB
}
