import { type Checklist, node, writeFiles } from "./run.ts"

const ROUNDS = 15
const LIMIT = 0.8

/** Start-up cost: less than that of zod, which is not loaded before an adapter is. */
export async function checkColdImport(list: Checklist, folder: string): Promise<void> {
  writeFiles(folder, {
    "time-import.mjs": `const start = performance.now()
      await import(process.argv[2])
      console.log(performance.now() - start)`,
  })
  const measure = async (name: string): Promise<number> =>
    Number(await node(["time-import.mjs", name], { cwd: folder, timeoutMs: 120_000 }))
  await list.check(`import("@objectos/sdk") takes at most ${LIMIT} times import("zod")`, async () => {
    const sdk: number[] = []
    const zod: number[] = []
    await measure("@objectos/sdk")
    await measure("zod")
    for (let round = 0; round < ROUNDS; round++) {
      sdk.push(await measure("@objectos/sdk"))
      zod.push(await measure("zod"))
    }
    const ratio = median(sdk) / median(zod)
    const text = `${ratio.toFixed(2)} (${median(sdk).toFixed(1)} ms to ${median(zod).toFixed(1)} ms, median of ${ROUNDS})`
    if (!(ratio <= LIMIT)) throw new Error(text)
    return text
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
