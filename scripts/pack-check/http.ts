import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Checklist, installInto, node, repository, writeFiles } from "./run.ts"

/** Each call and the package that it needs. */
const NO_PEERS = `
import { createServices } from "@objectos/sdk"
import { createHttpApi, createJwksAuth, openGate, serveHttp } from "@objectos/sdk/http"

const services = await createServices({ services: ["cache"], env: {} })
const jwks = { url: "https://login.example.com/jwks.json", issuer: "https://login.example.com/", audience: "orders" }
const calls = [
  ["hono", () => createHttpApi(services, { gate: openGate })],
  ["hono", () => serveHttp(services, { port: 0, gate: openGate })],
  ["jose", () => createJwksAuth(jwks)],
]
for (const [peer, call] of calls) {
  const error = await call().then(() => undefined, (reason) => reason)
  const good = error?.code === "INVALID_CONFIG" && error.message.includes("npm install " + peer)
  if (!good) throw new Error(peer + ": the error is " + error?.message)
}
await services.close()
`

const SERVE = `
async function main() {
  const { createServices } = await load("@objectos/sdk")
  const { createJwksAuth, openGate, serveHttp } = await load("@objectos/sdk/http")
  const services = await createServices({ services: ["cache"], env: {} })
  const server = await serveHttp(services, { port: 0, host: "127.0.0.1", gate: openGate })
  for (const path of ["/livez", "/api/v1/cache/stats", "/api/v1/openapi.json"]) {
    const { status } = await fetch(server.url + path)
    if (status !== 200) throw new Error(path + " has the status " + status)
  }
  await server.close()
  await services.close()
  await createJwksAuth({ url: "https://login.example.com/jwks.json", issuer: "orders", audience: "orders" })
}
main()
`

/**
 * Serves the HTTP API from a folder in which its packages are installed, and asks what is missing where they are not.
 *
 * @param alone A folder in which only the tarball is installed.
 */
export async function checkHttp(list: Checklist, tarball: string, alone: string, temporary: string): Promise<void> {
  await list.check("the HTTP API says which package is missing", async () => {
    writeFiles(alone, { "http-no-peers.mjs": NO_PEERS })
    await node(["http-no-peers.mjs"], { cwd: alone })
  })
  const folder = join(temporary, "http")
  await list.check("the packages of the HTTP API install", () => installInto(folder, [tarball, ...peersOfHttp()]))
  writeFiles(folder, {
    "serve.mjs": `const load = (name) => import(name)\n${SERVE}`,
    "serve.cjs": `const load = require\n${SERVE}`,
  })
  for (const file of ["serve.mjs", "serve.cjs"]) {
    await list.check(`the HTTP API serves, and the process ends by itself: ${file}`, async () => {
      await node([file], { cwd: folder, timeoutMs: 60_000 })
    })
  }
}

/** With the range that package.json allows. */
function peersOfHttp(): string[] {
  const { peerDependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    peerDependencies: Record<string, string>
  }
  return ["hono", "@hono/node-server", "jose"].map((name) => `${name}@${peerDependencies[name]}`)
}
