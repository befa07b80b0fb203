/**
 * Sends requests that are made of the OpenAPI document, good ones and bad ones, to every route of the HTTP API, with all
 * services in memory. It fails for a status of 500, and for an answer that the document does not have.
 *
 *     npm run fuzz:http
 *     npm run fuzz:http -- --seed 42       # options of `schemathesis run` go to it
 */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { staticTokens, tokensOf } from "../core/http/auth/static-tokens.ts"
import { createTokenGate } from "../core/http/auth/token-gate.ts"
import { type HttpServer, serveHttp } from "../core/http/index.ts"
import { createServices } from "../index.ts"

const SCHEMATHESIS = "schemathesis==4.32.5"
const MAX_MS = 300_000
const TOKEN = "fuzz-http-fuzz-http"

/** As a file: the route that a document comes from is left out. */
const DOCUMENT = "openapi.json"

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
  "ignored_auth",
]

/** Names of what is there, which random texts would never be. */
const SETTINGS = `
[dictionaries]
buckets = { values = ["files"] }
keys = { values = ["hello.txt"] }
indexes = { values = ["packages"] }

[parameters]
"query.bucket" = { dictionary = "buckets", probability = 0.8 }
"path.key" = { dictionary = "keys", probability = 0.5 }
"body.object" = { dictionary = "indexes", probability = 0.5 }
`

const folder = mkdtempSync(join(tmpdir(), "fuzz-http-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
writeFileSync(join(folder, "schemathesis.toml"), SETTINGS)

const command = await schemathesis()
const services = await servicesWithData()
const server = await listen()
const { api, url } = server
writeFileSync(join(folder, DOCUMENT), JSON.stringify(api.openapi()))
console.log(`The API listens on ${url}; schemathesis takes a few minutes, at most ${MAX_MS / 60_000}.`)
const code = await run(command, [
  ...["run", DOCUMENT, "--url", url, "--header", `Authorization: Bearer ${TOKEN}`],
  ...["--checks", CHECKS.join(","), "--phases", "examples,coverage,fuzzing", "--max-examples", "50"],
  ...["--continue-on-failure", "--generation-database", "none", ...process.argv.slice(2)],
])
await server.close()
await services.close()
process.exit(code)

/** Its command: of the PATH, or of a folder that is kept for the next time. */
async function schemathesis(): Promise<string> {
  if ((await run("schemathesis", ["--version"], "ignore")) === 0) return "schemathesis"
  const environment = join(tmpdir(), `objectos-${SCHEMATHESIS.replace("==", "-")}`)
  const installed = join(environment, "bin", "schemathesis")
  if (existsSync(installed)) return installed
  console.log(`schemathesis is not on the PATH; installing ${SCHEMATHESIS} into ${environment}.`)
  const python = join(environment, "bin", "python")
  const made = (await run("python3", ["-m", "venv", environment])) === 0
  if (made && (await run(python, ["-m", "pip", "install", "--quiet", SCHEMATHESIS])) === 0) return installed
  console.error(`schemathesis must be installed; install Python 3.10 or later, and run pip install ${SCHEMATHESIS}.`)
  process.exit(2)
}

async function servicesWithData() {
  const names = ["cache", "queue", "search", "storage"] as const
  const env = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_URL`, "memory:"]))
  const all = await createServices({ services: names, env })
  await all.cache.set("user:1", { name: "Ada" })
  await all.queue.publish("mails", { to: "ada@example.com" })
  await all.storage.createBucket("files")
  await all.storage.put("files", "hello.txt", "hello", { contentType: "text/plain" })
  await all.search.index("packages", "1", { name: "zod" })
  return all
}

/** It counts no bad tokens: schemathesis sends many, and expects 401 of each. */
function listen(): Promise<HttpServer> {
  const { tokens } = tokensOf({ API_TOKEN: TOKEN })
  return serveHttp(services, {
    config: { bodyLimit: "100kb", requestTimeout: 5000 },
    gate: createTokenGate(staticTokens(tokens), { maxFailuresPerMinute: Number.MAX_SAFE_INTEGER }),
    onError: (error) => console.error("Answered with 500 or more:", error),
    port: 0,
  })
}

/** The exit code: 1 where it had to be ended, 127 where there is no such command. */
async function run(command: string, args: readonly string[], stdio: "inherit" | "ignore" = "inherit"): Promise<number> {
  const child = spawn(command, args, { cwd: folder, stdio: ["ignore", stdio, stdio], timeout: MAX_MS })
  return new Promise((resolve) => {
    child.once("error", () => resolve(127))
    child.once("exit", (code) => resolve(code ?? 1))
  })
}
