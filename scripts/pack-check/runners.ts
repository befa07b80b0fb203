import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "./run.ts"

/** A test runner that contracts are bound to. */
export interface Runner {
  readonly name: string
  readonly packages: readonly string[]
  /** Runs cache.test.mjs. */
  readonly program: string
  readonly args: readonly string[]
  /** Gives a test file `describe`, `it` and `afterAll`. */
  readonly imports: string
  /** Packages of global types. */
  readonly types: readonly string[]
  /** How its summary counts tests. */
  readonly counts: Readonly<Record<"passed" | "failed" | "skipped", RegExp>>
  /** The file that vitest's JSON reporter writes. */
  readonly json?: string
}

/** Shorter than some clauses take: a test that kept the runner's limit would fail. node:test has none. */
const TIME_LIMIT_MS = 50

const nodeTest: Runner = {
  name: "node:test",
  packages: ["@types/node@20"],
  program: process.execPath,
  args: ["--test", "--test-reporter=spec", "cache.test.mjs"],
  imports: 'import { after as afterAll, describe, it } from "node:test"',
  types: ["node"],
  counts: { passed: /^\S pass (\d+)$/m, failed: /^\S fail (\d+)$/m, skipped: /^\S skipped (\d+)$/m },
}

const mocha: Runner = {
  name: "mocha 12",
  packages: ["mocha@12", "@types/mocha@10"],
  program: process.execPath,
  args: ["node_modules/mocha/bin/mocha.js", `--timeout=${TIME_LIMIT_MS}`, "cache.test.mjs"],
  imports: "const afterAll = after",
  types: ["mocha"],
  counts: { passed: /^ *(\d+) passing/m, failed: /^ *(\d+) failing/m, skipped: /^ *(\d+) pending/m },
}

const vitest4: Runner = {
  name: "vitest 4",
  packages: [`vitest@${installedVersion("vitest")}`],
  program: process.execPath,
  args: [
    ...["node_modules/vitest/vitest.mjs", "run", `--testTimeout=${TIME_LIMIT_MS}`],
    ...["--reporter=verbose", "--reporter=json", "--outputFile.json=vitest.json"],
  ],
  imports: 'import { afterAll, describe, it } from "vitest"',
  types: [],
  counts: {
    passed: /^ *Tests .*?(\d+) passed/m,
    failed: /^ *Tests .*?(\d+) failed/m,
    skipped: /^ *Tests .*?(\d+) skipped/m,
  },
  json: "vitest.json",
}

/** vitest 5 needs Node 22: the one at hand, or one from a package. */
function vitest5(): Runner {
  const runner = { ...vitest4, name: "vitest 5", packages: ["vitest@5"] }
  if (Number.parseInt(process.versions.node, 10) >= 22) return runner
  const name = `node-${process.platform}-${process.arch}`
  return {
    ...runner,
    name: "vitest 5 on Node 22",
    packages: ["vitest@5", `${name}@22`],
    program: `node_modules/${name}/bin/node`,
  }
}

export const runners: readonly Runner[] = [nodeTest, mocha, vitest4, vitest5()]

/** Those that are tried on each version of Node: mocha calls what it is given as node:test does. */
export const runnersOfLegs: readonly Runner[] = [nodeTest, vitest4, vitest5()]

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(repository, "node_modules", name, "package.json"), "utf8")).version
}
