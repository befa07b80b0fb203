import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"

const root = join(import.meta.dirname, "..")

interface Step {
  readonly code?: number
  /** Files of its folder of results, by name. */
  readonly results?: Readonly<Record<string, object | string>>
  /** Its results were never written. */
  readonly lost?: boolean
}

function summarize(steps: readonly Step[]): { code: number | null; last: string | undefined; text: string } {
  const temporary = mkdtempSync(join(tmpdir(), "objectos-summary-"))
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }))
  const lines = steps.map(({ code = 0, lost = false, results = {} }, index) => {
    const folder = join(temporary, String(index))
    for (const [name, json] of Object.entries(results)) {
      const file = join(folder, name)
      mkdirSync(join(file, ".."), { recursive: true })
      writeFileSync(file, typeof json === "string" ? json : JSON.stringify(json))
    }
    return `${code}\tstep ${index}\t${10 + index}\t${Object.keys(results).length > 0 || lost ? folder : ""}\n`
  })
  writeFileSync(join(temporary, "steps"), lines.join(""))
  const script = join(import.meta.dirname, "ci-summary.mjs")
  const { status, stdout } = spawnSync(process.execPath, [script, join(temporary, "steps"), "99"], { encoding: "utf8" })
  return { code: status, last: stdout.trimEnd().split("\n").at(-1), text: stdout }
}

function tests(passed: number, failed = 0, brokenFiles = 0, skipped = 0): Record<string, object> {
  const testResults = [
    ...(failed > 0 ? [{ status: "failed", assertionResults: [{ status: "failed" }] }] : []),
    ...Array.from({ length: brokenFiles }, () => ({ status: "failed", assertionResults: [] })),
  ]
  const counts = { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: 0 }
  return { "tests.json": { ...counts, testResults } }
}

/** What vitest says of a file in which each of these took so many seconds, by what stands above it. */
function testFile(name: string, seconds: Readonly<Record<string, number>>): object {
  const assertionResults = Object.entries(seconds).map(([title, taken]) => ({
    status: "passed",
    ancestorTitles: [title],
    duration: taken * 1000,
  }))
  return { name: join(root, name), status: "passed", assertionResults }
}

function report(service: string, name: string, seconds: number, counts: Readonly<Record<string, number>> = {}): object {
  const totals = { passed: 0, failed: 0, skipped: 0, notRun: 0, ...counts }
  return { service, subject: { name }, totals, durationMs: seconds * 1000 }
}

/** The cells of the table whose head begins with a word, a line each. */
function tableOf(text: string, head: string): string[][] {
  const [table = ""] = text.slice(text.indexOf(`\n${head} `) + 1).split("\n\n")
  return table
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/))
    .slice(1)
}

describe("ci-summary", () => {
  it.each<[string, Step[], string, number]>([
    ["adds the tests of all legs", [{}, { results: tests(10) }, { results: tests(5) }], "15 passed, 0 failed", 0],
    ["counts failed tests", [{ code: 1, results: tests(10, 2) }], "10 passed, 2 failed", 1],
    ["counts a step without tests as one", [{ code: 2 }, { results: tests(10) }], "10 passed, 1 failed", 1],
    ["counts a file that did not load", [{ code: 1, results: tests(10, 1, 2) }], "10 passed, 3 failed", 1],
    ["counts an error outside the tests", [{ code: 1, results: tests(10) }], "10 passed, 1 failed", 1],
    ["counts a leg that lost its results", [{ lost: true }, { results: tests(10) }], "10 passed, 1 failed", 1],
    ["counts a leg in which nothing ran", [{ results: tests(0, 0, 0, 9) }], "0 passed, 1 failed", 1],
    ["counts results that were cut off", [{ results: { "tests.json": '{ "num' } }], "0 passed, 1 failed", 1],
    ["fails when no step had tests", [{}], "0 passed, 0 failed", 1],
    ["fails when no step ran", [], "0 passed, 1 failed", 1],
  ])("%s", (_, steps, last, code) => {
    expect(summarize(steps)).toMatchObject({ last, code })
  })

  it("names the steps that failed and counts what was skipped", () => {
    const { text } = summarize([{ code: 3 }, { code: 1, results: tests(1, 2, 0, 4) }])
    expect(text).toContain("FAILED  step 0: exit code 3\nFAILED  step 1: 2 failed\n4 skipped")
  })

  it("adds up what a leg leaves: tests, checks and reports, but not their badges", () => {
    const results = {
      ...tests(10),
      "checks.json": { checks: [{ status: "passed" }, { status: "passed" }, { status: "failed" }] },
      "conformance/cache-memory.json": report("cache", "memory", 1, { passed: 100, failed: 2, skipped: 3, notRun: 4 }),
      "conformance/cache-memory.badge.json": { schemaVersion: 1 },
    }
    const { last, text } = summarize([{ code: 1, results }])
    expect(last).toBe("112 passed, 3 failed")
    expect(text).toContain("FAILED  step 0: 3 failed\n7 skipped")
    expect(tableOf(text, "step")).toEqual([
      ["step 0", "10", "112", "3"],
      ["the whole run", "99", "112", "3"],
    ])
  })

  it("says what each service and each server cost", () => {
    const testResults = [
      testFile("core/queue/portable-queue.test.ts", { "a queue": 2 }),
      testFile("core/foundation/retry.test.ts", { "a retry": 1 }),
      testFile("adapters/cache/redis.test.ts", {
        "cache contract: valkey (seed 7)": 30,
        "cache contract: redis, client of ioredis (seed 7)": 20,
        "cache contract: redis-cluster (seed 7)": 10,
      }),
      testFile("servers/redis-cluster.test.ts", { "a cluster": 4 }),
      testFile("servers/fake-gcs-server.test.ts", { "fake-gcs-server for tests": 2 }),
      testFile("adapters/kit/engines/redis/connection.test.ts", { "a connection": 3 }),
    ]
    const steps = [
      { results: { "tests.json": { ...tests(7)["tests.json"], testResults } } },
      {
        results: {
          "conformance/cache-memory.json": report("cache", "memory", 5, { passed: 9, skipped: 1 }),
          "conformance/cache-tiered.json": report("cache", "memory in front of redis, pubsub", 6, { passed: 8 }),
          "conformance/queue-7.json": report("queue", "bullmq on redis 7.2", 8, { passed: 8 }),
          "conformance/storage-s3.json": report("storage", "s3 on versitygw 1.8.0", 9, { passed: 7 }),
        },
      },
    ]
    const { text } = summarize(steps)
    expect(tableOf(text, "service")).toEqual([
      ["cache", "71", "20"],
      ["queue", "10", "9"],
      ["all services", "10", "4"],
      ["storage", "9", "7"],
    ])
    expect(tableOf(text, "server")).toEqual([
      ["valkey", "30", "1"],
      ["redis", "29", "10"],
      ["redis-cluster", "14", "2"],
      ["versitygw 1.8.0", "9", "7"],
      ["no server", "8", "11"],
      ["redis 7.2", "8", "8"],
      ["fake-gcs-server", "2", "1"],
    ])
  })
})
