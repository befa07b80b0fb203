import { copyFileSync, readFileSync } from "node:fs"
import { join, sep } from "node:path"
import { gzipSync } from "node:zlib"
import { asMain, type Program, programs } from "./programs.ts"
import { recordImports } from "./record.ts"
import { type Checklist, installPrivate, node, writeFiles } from "./run.ts"

const BUNDLERS = ["esbuild", "webpack", "rspack", "rolldown"]

/**
 * Bundles programs while no peer is installed, runs them, and holds their size against a budget: the sum of all chunks
 * that are loaded when the program runs, which is less than what lies in the folder and more than its first chunk.
 *
 * @param alone A folder in which only the tarball is installed.
 */
export async function checkBundles(list: Checklist, alone: string, temporary: string): Promise<void> {
  const tools = join(temporary, "bundlers")
  await list.check("the bundlers install", () => installPrivate("bundlers", tools))
  copyFileSync(join(import.meta.dirname, "bundlers", "bundle.mjs"), join(tools, "bundle.mjs"))
  const sizes = new Map<Program, string[]>(programs.map((program) => [program, []]))
  for (const bundler of BUNDLERS) {
    for (const [index, program] of programs.entries()) {
      const budget = (bundler === "esbuild" ? program.esbuildBudget : undefined) ?? program.budget
      const size = await list.check(`${bundler}: ${program.name}, at most ${budget} kB`, async () => {
        const source = `program-${index}.mjs`
        const outdir = `out-${bundler}-${index}`
        writeFiles(alone, { [source]: asMain(program) })
        await node([join(tools, "bundle.mjs"), bundler, join(alone, source), join(alone, outdir)], { cwd: tools })
        return measure(alone, outdir, budget)
      })
      sizes.get(program)?.push(size ?? "failed")
    }
  }
  process.stdout.write(table(sizes))
}

/** Runs what was bundled where no package can be loaded but the chunks. */
async function measure(folder: string, outdir: string, budget: number): Promise<string> {
  const { modules, stdout } = await recordImports(folder, join(outdir, "main.mjs"))
  if (stdout.trim() !== "42") throw new Error(`It printed ${stdout}`)
  const foreign = modules.filter((file) => file.includes(`${sep}node_modules${sep}`))
  if (foreign.length > 0) throw new Error(`Not in the bundle: ${foreign.join(", ")}`)
  const chunks = modules.filter((file) => file.startsWith(join(folder, outdir)))
  const bytes = chunks.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  const text = `${(bytes / 1000).toFixed(1)} kB in ${chunks.length} chunks`
  if (bytes > budget * 1000) throw new Error(`${text}, more than ${budget} kB`)
  return text
}

function table(sizes: ReadonlyMap<Program, readonly string[]>): string {
  const rows = [
    ["gzip of all chunks that are loaded", "budget", ...BUNDLERS],
    ...Array.from(sizes, ([{ budget, name }, row]) => [name, `${budget} kB`, ...row]),
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  )
  return `\n${lines.join("\n")}\n\n`
}
