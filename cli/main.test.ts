import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "objectos-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const here = (file: string) => new URL(file, import.meta.url).href
const LONG = ["--timeout", "30000"]

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The real process, with no environment but this. */
function objectos(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const tsx = ["--import", here("../node_modules/tsx/dist/loader.mjs"), "--conditions=@objectos/source"]
  const child = spawn(process.execPath, [...tsx, new URL("main.ts", import.meta.url).pathname, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ...env },
  })
  const text = { output: "", errors: "" }
  child.stdout.on("data", (chunk: Buffer) => {
    text.output += chunk
  })
  child.stderr.on("data", (chunk: Buffer) => {
    text.errors += chunk
  })
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...text })))
}

function written(name: string, text: string): string {
  const file = `${readdirSync(folder).length}-${name}`
  writeFileSync(join(folder, file), text)
  return file
}

/** A module with an adapter for each service, whose instance has these methods. */
function adaptersOf(services: Record<string, string>, more = ""): string {
  const adapters = Object.entries(services).map(
    ([service, methods]) => `{
      service: ${JSON.stringify(service)}, name: "memory", contractVersion: 1, schemes: ["memory"],
      optionsSchema: z.strictObject({ password: z.string().optional() }), create: () => ({ ${methods} }),
    }`,
  )
  return written(
    "config.mjs",
    `import { z } from ${JSON.stringify(import.meta.resolve("zod"))}
    export const adapters = [${adapters.join(", ")}]
    ${more}`,
  )
}

const says = (status: string) => `healthCheck: async () => ({ status: "${status}", latency: 3 })`

describe.concurrent("objectos check", () => {
  it("shows what the environment chooses, and how it is", async () => {
    const { code, errors, output } = await objectos(["check", ...LONG], { CACHE_URL: "memory:?maxEntries=5" })
    expect(output).toMatch(/^cache: memory \(CACHE_URL, memory:\)\n {2}maxEntries = 5 \(CACHE_URL\?maxEntries\)\n/)
    expect(output).toMatch(/\n\ncache: healthy, \d+ ms\nqueue: healthy, \d+ ms\nsearch: healthy, \d+ ms\nstorage: /)
    expect([code, errors]).toEqual([0, ""])
  })

  it("takes what a module exports by name, and the variables of a file below those of the process", async () => {
    const config = written(
      "config.mjs",
      `export const services = { pages: "cache", jobs: "queue" }
      export const config = { jobs: { options: { maxPayloadBytes: 9 } } }
      export const required = ["pages"]`,
    )
    const file = written("variables", "PAGES_URL=memory:?maxEntries=7\nJOBS_URL='memory:?maxPayloadBytes=8'\n")
    const args = ["check", "--config", config, "--env-file", file, ...LONG]
    const { code, errors, output } = await objectos(args, { JOBS_URL: "memory:?shutdownTimeoutMs=6" })
    expect([code, errors]).toEqual([0, ""])
    expect(output).toContain("  maxEntries = 7 (PAGES_URL?maxEntries)\n")
    expect(output).toContain("  maxPayloadBytes = 9 (config.jobs.options.maxPayloadBytes)\n")
    expect(output).toContain("  shutdownTimeoutMs = 6 (JOBS_URL?shutdownTimeoutMs)\n")
    expect(output).toMatch(/\n\npages \(required\): healthy, \d+ ms\njobs: healthy, \d+ ms\n$/)
  })

  it("shows only the instances that are named", async () => {
    const args = ["check", "--service", "search", "--service", "cache", ...LONG]
    const { output } = await objectos(args, { QUEUE_URL: "not a URL" })
    expect(output).toMatch(
      /^cache: memory[\s\S]+\nsearch: memory[\s\S]+\n\ncache: healthy, \d+ ms\nsearch: healthy, \d+ ms\n$/,
    )
  })

  it("tells every error of the configuration, a line each, and shows no secret", async () => {
    const env = { CACHE_URL: "redis://user:hunter2%zz@host", QUEUE_URL: "pigeon://hunter2", NODE_ENV: "production" }
    const { code, errors, output } = await objectos(["check"], env)
    expect(errors.trimEnd().split("\n")).toEqual([
      "CACHE_URL: The password must not have a % that begins no encoded character; write % as %25",
      "QUEUE_URL: must begin with memory: or redis: or rediss:; got pigeon:",
      "STORAGE_URL: must be set in production; STORAGE_URL=memory: chooses the in-memory storage on purpose",
    ])
    expect([code, output]).toEqual([2, ""])
  })

  it("speaks JSON", async () => {
    const config = adaptersOf(
      { mail: says("healthy") },
      'export const required = ["mail"]; export const config = { mail: { options: { password: "hunter2" } } }',
    )
    const { output } = await objectos(["check", "--json", "--config", config, ...LONG])
    expect(JSON.parse(output)).toEqual({
      status: "healthy",
      instances: [
        {
          name: "mail",
          service: "mail",
          adapter: "memory",
          chosenBy: "default",
          options: [{ key: "password", value: "***", source: "config.mail.options.password" }],
          required: true,
          health: { status: "healthy", latency: expect.any(Number) },
        },
      ],
    })
    const wrong = await objectos(["check", "--json"], { CACHE_URL: "pigeon:" })
    expect([wrong.code, wrong.errors]).toEqual([2, ""])
    expect(JSON.parse(wrong.output)).toMatchObject({ status: "invalid", issues: [{ path: "CACHE_URL" }] })
  })

  it.each([
    [1, { one: "healthy", two: "unhealthy" }, []],
    [1, { one: "healthy", two: "unhealthy" }, ["two"]],
    [0, { one: "healthy", two: "unhealthy" }, ["one"]],
    [0, { one: "healthy", two: "degraded" }, []],
  ])("ends with %d for %j where %j are required", async (expected, statuses, required) => {
    const methods = Object.entries(statuses).map(([service, status]) => [service, says(status)])
    const config = adaptersOf(Object.fromEntries(methods), `export const required = ${JSON.stringify(required)}`)
    const { code, errors } = await objectos(["check", "--config", config, ...LONG])
    const warning = expected === 0 ? "Warning: the whole is degraded, since not every instance is healthy.\n" : ""
    expect([code, errors]).toEqual([expected, warning])
  })

  it("comes to an end where nothing else does", async () => {
    const never = "() => new Promise(() => {})"
    const config = adaptersOf({ mail: `healthCheck: ${never}, close: ${never}` }, "setInterval(() => {}, 1000)")
    const { code, errors, output } = await objectos(["check", "--config", config, "--timeout", "2000"])
    expect(output).toMatch(/mail: unhealthy, \d+ ms: No answer within 2000 ms\.\n$/)
    expect([code, errors]).toEqual([1, "Warning: not every instance was closed within 2000 ms.\n"])
    const loading = written("config.mjs", "setInterval(() => {}, 1000); await new Promise(() => {})")
    expect(await objectos(["check", "--config", loading, "--timeout", "50"])).toEqual({
      code: 2,
      output: "",
      errors: `The file ${loading} was not loaded within 50 ms; --timeout gives more.\n`,
    })
  })

  it("shows neither the secrets nor the stack of an error of somebody else", async () => {
    const fails = written("config.mjs", 'throw new TypeError("hunter2")')
    expect((await objectos(["check", "--config", fails])).errors).toBe(
      `The file ${fails} cannot be loaded. It fails with TypeError; node ${fails} shows why.\n`,
    )
    const stray = adaptersOf({
      mail: 'healthCheck: () => new Promise(() => setTimeout(() => { throw new Error("hunter2") }))',
    })
    expect(await objectos(["check", "--config", stray, ...LONG])).toEqual({
      code: 2,
      output: "",
      errors: "A foreign error ended the command: Error.\n",
    })
  })
})

describe.concurrent("objectos check over strangers", () => {
  it("shows no credential in their messages and details", async () => {
    const health = `{ status: "degraded", latency: 3, message: "at redis://ada:hunter2@h\\nmore",
      details: { url: "redis://ada:hunter2@h/0", authorization: "hunter2", nodes: [{ pwd: "hunter2", at: "https://hunter2@h/" }] } }`
    const config = adaptersOf({ mail: `healthCheck: async () => (${health})` })
    const text = await objectos(["check", "--config", config, ...LONG])
    expect(text.output).toMatch(/mail: degraded, \d+ ms: at redis:\/\/ada:\*\*\*@h\n$/)
    const json = await objectos(["check", "--json", "--config", config, ...LONG])
    expect(json.output).not.toContain("hunter2")
    expect(JSON.parse(json.output)).toMatchObject({
      instances: [{ health: { status: "degraded", details: { url: "redis://ada:***@h/0" } } }],
    })
  })

  it("says that the module ended the process", async () => {
    const config = written("config.mjs", "process.exit(0)")
    expect(await objectos(["check", "--config", config])).toEqual({
      code: 2,
      output: "",
      errors: "The module ended the process.\n",
    })
  })

  it("checks options once", async () => {
    const config = adaptersOf(
      { mail: says("healthy") },
      `let count = 0
      adapters[0].optionsSchema = z.strictObject({ id: z.number().default(() => { console.error("made"); return ++count }) })`,
    )
    const { errors, output } = await objectos(["check", "--config", config, ...LONG])
    expect([errors, output]).toEqual(["made\n", expect.stringContaining("  id = 1 (default)\n")])
  })

  it("says why an instance cannot be reached", async () => {
    const env = { CACHE_URL: "redis://ada:hunter2@127.0.0.1:1" }
    const { code, output } = await objectos(["check", "--service", "cache", ...LONG], env)
    expect(output).toMatch(
      /cache: unhealthy, \d+ ms: No connection within 1000 ms \(ECONNREFUSED\): redis:\/\/127.0.0.1:1\.\n$/,
    )
    expect(code).toBe(1)
  })

  it("gives a health check the time of --timeout", async () => {
    const slow = "healthCheck: () => new Promise(() => {})"
    const config = adaptersOf({ cache: slow })
    const { output } = await objectos(["check", "--config", config, "--timeout", "6000"])
    expect(output).toMatch(/cache: unhealthy, \d+ ms: No answer within 6000 ms\.\n$/)
  })

  it("keeps names of instances in one line", async () => {
    const config = written("config.mjs", 'export const services = { "a\\nb": "cache" }')
    const { output } = await objectos(["check", "--config", config, ...LONG])
    expect(output).toMatch(/^a b: memory [\s\S]+\n\na b: healthy, \d+ ms\n$/)
  })
})

describe.concurrent("objectos", () => {
  it.each([
    [["--help"], /^Usage: objectos <command> \[options\]\n\n {2}check /],
    [["check", "--help"], /^Usage: objectos check \[options\]\n[\s\S]*exports by name/],
    [["check", "--foo", "-h"], /^Usage: objectos check/],
    [["--version"], /^\d+\.\d+\.\d+\n$/],
    [["check", "--version"], /^\d+\.\d+\.\d+\n$/],
  ])("%j prints on standard output", async (args, text) => {
    const { code, errors, output } = await objectos(args)
    expect([code, errors]).toEqual([0, ""])
    expect(output).toMatch(text)
  })

  it.each([
    [[], "A command must be named; the commands are check, probe. --help shows the usage."],
    [["chekc"], "Unknown command chekc; the commands are check, probe."],
    [["--foo"], "Unknown option --foo; the options are --help, --version."],
    [["check", "--foo"], /^Unknown option --foo; the options of check are --config, --service, --env-file, /],
    [
      ["check", "file.mjs"],
      /^check must have no arguments, only options; got file.mjs; the options of check are --config, /,
    ],
    [["check", "--timeout"], /^Option '--timeout <value>' argument missing\.$/],
    [["check", "--timeout=soon"], "--timeout must be a whole number of milliseconds from 1 to 600000; got soon."],
    [["check", "--config", "none.mjs"], "There is no file none.mjs."],
    [["check", "--config", ""], "--config must be the path of a file; got an empty string."],
    [["check", "--config", "redis://ada:hunter2@h x"], "There is no file …."],
    [["redis://ada:hunter2@h"], "Unknown command …; the commands are check, probe."],
    [["check", "redis://ada:hunter2@h"], /^check must have no arguments, only options; got …; the options of /],
    [["check", "--timeout=redis://ada:hunter2@h"], /; got …\.$/],
    [["check", "--redis://ada:hunter2@h"], /^Unknown option …; the options of check are /],
    [
      ["check", "--service", "redis://ada:hunter2@h"],
      "Unknown service …; the services are cache, queue, search, storage, tracing.",
    ],
    [["che\nck"], "Unknown command che ck; the commands are check, probe."],
    [["check", "--service", "cash"], "Unknown service cash; the services are cache, queue, search, storage, tracing."],
  ])("%j is one line on standard error, and exit code 2", async (args, text) => {
    const { code, errors, output } = await objectos(args)
    const [line, ...rest] = errors.split("\n")
    expect([code, output, rest]).toEqual([2, "", [""]])
    if (typeof text === "string") expect(line).toBe(text)
    else expect(line).toMatch(text)
  })

  // Node.js 20 takes --env-file from every command line, and ends with a line and an exit code of its own.
  it("refuses a file of variables that is not there in one line", async () => {
    const { code, errors } = await objectos(["check", "--env-file", "none"])
    expect(errors).toMatch(/^(There is no file none\.|.*node: none: not found)\n$/)
    expect(code).not.toBe(0)
  })

  it.each([
    [
      "export default { services: [] }",
      /must export at least one of services, config, adapters, required by its name\.$/,
    ],
    ["export const services = 5", /^The export services of .+ must be a list or an object; got 5\.$/],
    ["import './none.mjs'", /^The file .+ cannot be loaded\. Cannot find module .+\.$/],
    ["syntax error", /^The file .+ cannot be loaded\. It fails with SyntaxError; node .+ shows why\.$/],
  ])("refuses the module %j in one line", async (text, message) => {
    const { code, errors } = await objectos(["check", "--config", written("config.mjs", text)])
    const [line = "", ...rest] = errors.split("\n")
    expect([code, rest]).toEqual([2, [""]])
    expect(line).toMatch(message)
  })
})
