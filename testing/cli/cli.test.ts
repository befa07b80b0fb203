import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, describe, expect, it, vi } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "objectos-cli-"))
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A contract of three clauses over one method, and a subject whose method does `body` in the second, after `first`. */
function configOf(body: string, more = "", first = ""): string {
  const file = join(folder, `config-${readdirSync(folder).length}.mjs`)
  const engine = new URL("../engine/clause.ts", import.meta.url).href
  writeFileSync(
    file,
    `import { clausesFor, defineContract } from ${JSON.stringify(engine)}
    const clause = clausesFor(Object.fromEntries([1, 2, 3].map((number) => ["COUNTER-A-0" + number, "It adds."])))
    const make = (number) => clause("COUNTER-A-0" + number, {
      why: "It does.", fix: "Add.",
      async check(t, counter, world) {
        if (number === 2) { ${first} }
        t.equal(await counter.add(number), number)
      },
    })
    export const contracts = [defineContract({
      service: "counter", version: 1, defaultCapabilities: {},
      methods: { add: { kind: "write", idempotent: false } }, clauses: [make(1), make(2), make(3)],
    })]
    const second = async () => { ${body} }
    export const subjects = [{
      service: "counter", name: "mine", ${more}
      open: () => ({ connect: () => ({ add: async (number) => { if (number === 2) await second(); return number } }) }),
    }]`,
  )
  return file
}

async function conformance(...args: string[]): Promise<{ code: number | null; output: string; lines: string[] }> {
  const main = new URL("./main.ts", import.meta.url).pathname
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args])
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk
    })
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve))
  return { code, output, lines: output.trimEnd().split("\n") }
}

describe("objectos-conformance run", () => {
  it("proves a subject and ends with the count", async () => {
    const { code, lines } = await conformance("run", configOf(""))
    expect([code, lines.at(-1)]).toEqual([0, "3 passed, 0 failed, 0 skipped"])
  })

  it.each([
    ["blocks the event loop", "for (;;) {}", "blocked the event loop"],
    ["ends the process", "process.exit(7)", "ended the process (exit code 7)"],
    ["leaves a timer", "setTimeout(() => {}, 60_000)", "left a timer that keeps the process alive"],
    [
      "throws outside of a call",
      "setTimeout(() => { throw new Error('stray') }); await new Promise((resolve) => setTimeout(resolve, 20))",
      "threw outside of any call: Error: stray",
    ],
    ["leaves a rejection", "Promise.reject(new Error('stray'))", "left a rejection that nobody handles: Error: stray"],
    ["throws", "throw new Error('broken')", "add() failed: Error: broken"],
    ["hangs", "await new Promise(() => {})", "not finished within"],
  ])("names the clause in which a subject %s, and goes on", async (_, body, reason) => {
    const { code, lines, output } = await conformance("run", configOf(body), "--time-scale", "0.03")
    expect(output).toContain(`COUNTER-A-02 It adds: ${reason}`)
    expect(output).toContain("→ Add.")
    expect([code, lines.at(-1)]).toEqual([1, "2 passed, 1 failed, 0 skipped"])
  })

  it("tries a clause again that blocked, since a busy machine may be to blame", async () => {
    const mark = JSON.stringify(join(folder, "blocked-once"))
    const body = `const { existsSync, writeFileSync } = await import("node:fs")
      if (!existsSync(${mark})) { writeFileSync(${mark}, ""); for (;;) {} }`
    const { code, lines } = await conformance("run", configOf(body), "--time-scale", "0.03")
    expect([code, lines.at(-1)]).toEqual([0, "3 passed, 0 failed, 0 skipped"])
  })

  it("says for which clause the machine was too slow, which is neither passed nor failed", async () => {
    const { code, lines, output } = await conformance("run", configOf("", "", "world.window(0)"))
    expect(output).toMatch(/^counter contract: mine \(seed \d+; budgets × [\d.]+: the work took \d+ ms, /)
    expect(output).toMatch(/- COUNTER-A-02 not run: machine too slow \(steps took \d+ ms of 0\), try --time-scale\n/)
    expect(output).toContain("partial: 2 passed, 0 failed, 0 do not apply, 1 not run")
    expect([code, lines.at(-1)]).toEqual([0, "2 passed, 0 failed, 1 skipped"])
  })

  it("warns of a subject that writes to standard output, whose text stays out of the report", async () => {
    const { code, output } = await conformance("run", configOf("console.log('noise')"))
    expect(code).toBe(0)
    expect(output).toContain("! COUNTER-A-02: wrote to standard output")
    expect(output).not.toContain("noise")
  })

  it("warns of a subject that leaves a socket open", async () => {
    const { code, output } = await conformance(
      "run",
      configOf(
        "const { createServer } = await import('node:net'); await new Promise((listening) => createServer().listen(0, '127.0.0.1', listening))",
      ),
    )
    expect(code).toBe(0)
    expect(output).toContain("! COUNTER-A-02: left a server open")
  })

  it("fails every clause of a subject that ends the process when it is opened, and comes to an end", async () => {
    const config = configOf("", "available: () => process.exit(3),")
    const { code, lines } = await conformance("run", config)
    expect([code, lines.at(-1)]).toEqual([1, "0 passed, 3 failed, 0 skipped"])
  })

  it("writes reports in every form", async () => {
    const reports = join(folder, "reports")
    await conformance("run", configOf(""), "--report", reports, "--seed", "7")
    expect(readdirSync(reports).sort()).toEqual(
      ["badge.json", "json", "md", "xml"].map((type) => `counter-mine.${type}`),
    )
    expect(JSON.parse(readFileSync(join(reports, "counter-mine.json"), "utf8"))).toMatchObject({
      seed: 7,
      verdict: "conformant",
      totals: { passed: 3, clauses: 3 },
    })
  })

  it("is not green under --require when a subject cannot run", async () => {
    const config = configOf("", "available: () => 'no server',")
    expect((await conformance("run", config)).code).toBe(0)
    const { code, output } = await conformance("run", config, "--require")
    expect(code).toBe(3)
    expect(output).toContain("not-run: 0 passed, 0 failed, 0 do not apply, 3 not run\n    3 × no server\n")
  })

  it("is green under --require when this Node is too old for a subject, which is not run and not even asked", async () => {
    const config = configOf("", "node: '>=99', available: () => process.exit(3),")
    const { code, output } = await conformance("run", config, "--require")
    expect(code).toBe(0)
    expect(output).toContain(`    3 × needs Node 99 or newer; this is Node ${process.versions.node}\n`)
  })

  it("runs the subjects whose names contain a text, and refuses one that none contains", async () => {
    const { code, lines } = await conformance("run", configOf(""), "--subject", "in")
    expect([code, lines.at(-1)]).toEqual([0, "3 passed, 0 failed, 0 skipped"])
    const { code: refused, output } = await conformance("run", configOf(""), "--subject", "yours")
    expect([refused, output]).toEqual([2, "--subject must be part of a subject's name, which are mine; got yours.\n"])
  })

  it("takes seed and time scale from the environment, and refuses there what is none", async () => {
    vi.stubEnv("CONFORMANCE_SEED", "4711")
    vi.stubEnv("CONFORMANCE_TIME_SCALE", "2")
    expect((await conformance("run", configOf(""))).output).toContain("mine (seed 4711;")
    vi.stubEnv("CONFORMANCE_TIME_SCALE", "slow")
    const { code, lines } = await conformance("run", configOf(""))
    expect([code, lines]).toEqual([2, ["CONFORMANCE_TIME_SCALE must be a number above 0; got a string."]])
  })

  it("refuses an exemption that names no clause", async () => {
    const { code, lines } = await conformance("run", configOf("", "exempt: { 'COUNTER-A-07': { reason: 'later' } },"))
    expect([code, lines]).toEqual([2, ["The subject mine must exempt clauses of counter; got COUNTER-A-07."]])
  })

  it.each([
    [["run", "/nowhere.mjs"], "There is no file /nowhere.mjs."],
    [["run"], "There is no file conformance.config.mjs."],
    [["run", "README.md"], "The file README.md cannot be loaded. This Node does not run such files."],
    [["explain"], "The command must be run, list or explain <clause>. --help shows the usage."],
    [["run", "x", "--colour"], "Unknown option '--colour'"],
    [["run", "x", "--seed", "abc"], "--seed must be a number above 0; got abc."],
    [["run", "x", "--time-scale", "0"], "--time-scale must be a number above 0; got 0."],
    [["run", "redis://ada:hunter2@h x"], "There is no file …."],
    [["list", "redis://ada:hunter2@h"], "There is no contract of …; the contracts are "],
    [["run", "x", "--seed=redis://ada:hunter2@h"], "--seed must be a number above 0; got …."],
    [["explain", "a\nb"], "There is no clause a b; list shows them all."],
    [["explain", "CACHE-NO-99"], "There is no clause CACHE-NO-99; list shows them all."],
  ])("answers %j in one line, with exit code 2", async (args, message) => {
    const { code, lines } = await conformance(...args)
    expect(code).toBe(2)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(message)
  })
})

describe("objectos-conformance list and explain", () => {
  it("show the clauses and what one of them asks for", async () => {
    const { lines } = await conformance("list", "cache")
    expect(lines).toContain("CACHE-TTL-03  A set without ttl removes an earlier ttl.")
    const { output } = await conformance("explain", "cache-ttl-03")
    expect(output).toContain("Fix: Replace the whole entry on set, its expiry included.")
  })
})
