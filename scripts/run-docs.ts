/**
 * Follows the Markdown pages as a reader does, and says where they are wrong. Each page has a folder of its own, in
 * which its blocks run in order:
 *
 * - `js my-cache.mjs`: writes that file; `diff my-cache.mjs` changes it.
 * - `ts` without a file: is run as a program.
 * - `sh` followed by `text`: is run, and prints that text. `…` stands for anything, a count for any count but 0.
 * - `text red`, `text green`: clauses that fail, or have come to pass, in the latest run of the harness.
 *
 *     npm run docs               checks
 *     npm run docs -- --write    also writes the counts of now into the pages
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { blocksOf, withCode } from "./docs/page.ts"
import { Session } from "./docs/session.ts"

const root = join(import.meta.dirname, "..")
const write = process.argv.includes("--write")
const SHOWN_LINES = 30
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)]

for (const page of pages.filter((name) => name.endsWith(".md"))) follow(page)

function follow(page: string): void {
  const markdown = readFileSync(join(root, page), "utf8")
  const blocks = blocksOf(markdown)
  const session = new Session(join(root, "docs"))
  let refreshedPage = markdown
  try {
    for (const [index, block] of blocks.entries()) {
      const { problem, refreshed } = session.step(block, blocks[index + 1])
      if (refreshed !== undefined) refreshedPage = withCode(refreshedPage, block.line, refreshed)
      if (problem === undefined) continue
      process.exitCode = 1
      console.log(`FAIL  ${page}:${block.line}: ${problem.split("\n").slice(0, SHOWN_LINES).join("\n")}`)
    }
  } catch (error) {
    process.exitCode = 1
    console.log(`FAIL  ${page}: ${error instanceof Error ? error.message : error}`)
  } finally {
    session.end()
  }
  console.log(`      ${page}: ${blocks.length} blocks`)
  if (write && refreshedPage !== markdown) writeFileSync(join(root, page), refreshedPage)
}
