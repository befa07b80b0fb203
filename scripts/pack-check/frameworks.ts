import { join } from "node:path"
import { createServicesProgram } from "./programs.ts"
import { type Checklist, installPrivate, node, run, writeFiles } from "./run.ts"

const LAYOUT = "export default ({ children }) => <html><body>{children}</body></html>\n"
const PAGE = `${createServicesProgram.code}
export default async function Page() {
  return <p id="answer">{await answer()}</p>
}
`
const WORKER = `${createServicesProgram.code}
export default { fetch: async () => new Response(String(await answer())) }
`
const CALL_WORKER = `
import worker from "./out/worker.js"
console.log(await (await worker.fetch()).text())
`

/** Next.js and wrangler, which take minutes and half a gigabyte to install: only when asked for. */
export async function checkFrameworks(list: Checklist, tarball: string, temporary: string): Promise<void> {
  const tools = join(temporary, "frameworks")
  await list.check("Next.js and wrangler install", async () => {
    await installPrivate("frameworks", tools)
    await run("npm", ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", tarball], { cwd: tools })
  })
  const bin = (name: string) => join(tools, "node_modules", ".bin", name)
  const env = { NEXT_TELEMETRY_DISABLED: "1", WRANGLER_SEND_METRICS: "false" }
  writeFiles(tools, { "app/layout.js": LAYOUT, "app/page.js": PAGE, "worker.mjs": WORKER, "call.mjs": CALL_WORKER })
  for (const builder of ["turbopack", "webpack"]) {
    await list.check(`Next.js with ${builder} builds and prerenders a page`, async () => {
      await run(bin("next"), ["build", `--${builder}`], { cwd: tools, env })
      const html = await node(["-p", `fs.readFileSync(".next/server/app/index.html", "utf8")`], { cwd: tools })
      if (!html.includes('<p id="answer">42</p>')) throw new Error("The page does not say 42.")
    })
  }
  await list.check("wrangler builds a worker", async () => {
    const options = ["--dry-run", "--outdir=out", "--name=worker", "--compatibility-date=2026-01-01"]
    await run(bin("wrangler"), ["deploy", "worker.mjs", ...options, "--compatibility-flags=nodejs_compat"], {
      cwd: tools,
      env,
    })
    const answer = await node(["call.mjs"], { cwd: tools })
    if (answer.trim() !== "42") throw new Error(`It answers ${answer}`)
  })
}
