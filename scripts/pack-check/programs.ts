/** What users bundle: programs that need no peer and print 42. */

const CACHE = `
  const value = await cache.getOrSet("answer", () => 42)
  await close()
  return value
`

export interface Program {
  readonly name: string
  /** The whole text but for the last lines: a function `answer` that gives 42. */
  readonly code: string
  /** All chunks that it loads while it runs, minified, each by gzip. Thousands of bytes. */
  readonly budget: number
  /** esbuild also loads what the front door names beside it: see findings/esbuild-loads-what-a-barrel-names.sh. */
  readonly esbuildBudget?: number
}

export const createServicesProgram: Program = {
  name: "createServices with a memory cache",
  budget: 49,
  esbuildBudget: 75,
  code: `
import { createServices } from "@objectos/sdk"
async function answer() {
  const { cache, close } = await createServices({ services: ["cache"], env: {} })
  ${CACHE}
}`,
}

export const programs: readonly Program[] = [
  createServicesProgram,
  {
    name: "createMemoryCache",
    budget: 25,
    code: `
import { createMemoryCache } from "@objectos/sdk/adapters/cache/memory"
async function answer() {
  const cache = createMemoryCache()
  const close = () => cache.close()
  ${CACHE}
}`,
  },
  {
    name: "createServices with four memory services",
    budget: 140,
    code: `
import { createServices } from "@objectos/sdk"
async function answer() {
  const services = ["cache", "queue", "search", "storage"]
  const { cache, close, queue, search, storage } = await createServices({ services, env: {} })
  await queue.publish("mail", { to: "ada" })
  await search.index("packages", "one", { name: "lru-cache" })
  const { total } = await search.search({ object: "packages", q: "cache" })
  await storage.createBucket("files")
  await storage.put("files", "hello.txt", "hello")
  if (total !== 1) throw new Error("found " + total)
  ${CACHE}
}`,
  },
]

/** As a program of its own. */
export const asMain = ({ code }: Program): string => `${code}\nconsole.log(await answer())\n`
