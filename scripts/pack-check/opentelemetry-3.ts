import { join } from "node:path"
import { type Checklist, installLocked, node, repository, run, writeFiles } from "./run.ts"

/** Sends a span to a receiver in its own process and prints what came of it. */
const PROGRAM = `
import { createServer } from "node:http"
import { createOpenTelemetryTracing } from "@objectos/sdk/adapters/tracing/opentelemetry"

const server = createServer((request, response) => {
  request.resume().once("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end())
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const endpoint = \`http://127.0.0.1:\${server.address().port}/v1/traces\`
const tracing = await createOpenTelemetryTracing({ exporter: { endpoint }, registerGlobal: true })
await tracing.withSpan("checkout", {}, async () => {})
await tracing.close()
server.close()
console.log(tracing.stats().exported)
`

/** An application that has the SDK and OpenTelemetry 3, under the names that the adapter loads. */
export async function checkOpenTelemetry3(list: Checklist, tarball: string, temporary: string): Promise<void> {
  const folder = join(temporary, "opentelemetry-3")
  await list.check("it installs beside OpenTelemetry 3, whose packages its ranges of peers take", async () => {
    await installLocked(join(repository, "subjects/kit/opentelemetry-3"), folder)
    await run("npm", ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", tarball], { cwd: folder })
  })
  await list.check("its adapter sends a span by OpenTelemetry 3", async () => {
    writeFiles(folder, { "program.mjs": PROGRAM })
    const answer = await node(["program.mjs"], { cwd: folder })
    if (answer.trim() !== "1") throw new Error(`It printed ${answer}`)
  })
}
