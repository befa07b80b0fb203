import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { expect, it, onTestFinished } from "vitest"

const TOKEN = "a token of this test".replaceAll(" ", "-")
const headers = { authorization: `Bearer ${TOKEN}` }

it("npm start -- serve serves the packages until it is told to end", async () => {
  const port = await freePort()
  const child = run(["serve", "--host", "127.0.0.1", "--port", `${port}`, "--dir", await packages()])
  const url = `http://127.0.0.1:${port}`
  expect(await child.printed(/curl .*\/api\/v1\/search/)).toContain(`serves them on ${url} until`)

  expect(await answerOf(`${url}/api/v1/health`)).toMatchObject({ status: 200, body: { status: "healthy" } })
  const document = await answerOf(`${url}/api/v1/openapi.json`, { headers })
  expect(Object.keys(document.body.paths)).toEqual(
    expect.arrayContaining(["/api/v1/packages", "/api/v1/search", "/storage/{rest}"]),
  )
  expect(await answerOf(`${url}/api/v1/search?object=packages&q=web`)).toMatchObject({ status: 401 })
  const found = await answerOf(`${url}/api/v1/search?object=packages&q=web`, { headers })
  expect(found).toMatchObject({ status: 200, body: { hits: [{ id: "web-client" }] } })

  const { body } = await answerOf(`${url}/api/v1/packages?q=web`)
  expect(body).toMatchObject({ packages: [{ name: "web-client", description: "A client" }] })
  const [{ readme }] = body.packages
  expect(await (await fetch(readme)).text()).toBe("# It asks")

  child.kill("SIGTERM")
  expect(await child.ended).toEqual([null, "SIGTERM"])
})

it.each([
  ["a port in use", async (port: number) => `${port}`, /^UNAVAILABLE: The port \d+ must be free; .*\n$/],
  ["a port that is none", async () => "70000", /^INVALID_ARGUMENT: --port must be .*; got "70000"; .*\n$/],
])("npm start -- serve says in one line what is wrong with %s", async (_, portOf, line) => {
  const taken = createServer().listen(0, "127.0.0.1")
  onTestFinished(() => void taken.close())
  await once(taken, "listening")
  const port = await portOf((taken.address() as AddressInfo).port)
  const child = run(["serve", "--host", "127.0.0.1", "--port", port, "--dir", await packages()])
  expect([await child.ended, child.errors()]).toEqual([[1, null], expect.stringMatching(line)])
})

function run(args: readonly string[]) {
  const memory = { CACHE_URL: "memory:", QUEUE_URL: "memory:", SEARCH_URL: "memory:", STORAGE_URL: "memory:" }
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "main.ts"), ...args], {
    env: { ...process.env, ...memory, API_TOKEN: TOKEN },
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  let errors = ""
  child.stderr.on("data", (data) => {
    errors += data
  })
  return {
    ended: once(child, "close"),
    errors: () => errors,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** All that it printed up to a line. */
    async printed(last: RegExp): Promise<string> {
      const lines: string[] = []
      for await (const line of createInterface(child.stdout)) {
        lines.push(line)
        if (last.test(line)) return lines.join("\n")
      }
      throw new Error(`It ended: ${[...lines, errors].join("\n")}`)
    },
  }
}

async function answerOf(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init)
  return { status: response.status, body: await response.json() }
}

/** A node_modules folder with one package. */
async function packages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "packages-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  const manifest = { name: "web-client", description: "A client", keywords: ["web"], license: "MIT" }
  await mkdir(join(folder, "web-client"))
  await writeFile(join(folder, "web-client", "package.json"), JSON.stringify(manifest))
  await writeFile(join(folder, "web-client", "README.md"), "# It asks")
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
