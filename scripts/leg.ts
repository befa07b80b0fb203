/**
 * Tries on the Node that runs it what differs from Node to Node: that each entry point of the build loads, that tests
 * which are bound to a runner give what a run without one gives, one conformance run of a few subjects, and the tests of
 * RUNTIME_TESTS.
 *
 *     npm run build && npm run subjects:peers && npm run leg
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { subjects } from "../conformance.config.ts"
import { checkBindings } from "./pack-check/bindings.ts"
import { checkLoading } from "./pack-check/loading.ts"
import { checkOpenTelemetry3 } from "./pack-check/opentelemetry-3.ts"
import { Checklist, repository } from "./pack-check/run.ts"
import { runnersOfLegs } from "./pack-check/runners.ts"
import { packTarball } from "./pack-check/tarball.ts"

/** Tests of what Node does, not of what is done with it. Each file has its reason. */
const RUNTIME_TESTS: Readonly<Record<string, string>> = {
  "adapters/tracing/opentelemetry-engine/opentelemetry-3.test.ts": "OpenTelemetry 3 needs Node 22.15",
  "adapters/kit/clone.test.ts": "structuredClone, and what V8 does with prototypes",
  "adapters/kit/engines/redis/connection.test.ts": "sockets and TLS",
  "core/foundation/close-on-signals.test.ts": "signals end a process",
  "core/foundation/deadlines.test.ts": "timers and garbage",
  "testing/faults/fork-client.test.ts": "what a message between processes keeps of a value",
}

/** One that needs nothing, one over a peer, two over a server. Those that need a newer Node run here besides. */
const SUBJECTS = ["memory", "lru-cache", "redis", "bullmq"]

const temporary = mkdtempSync(join(tmpdir(), "objectos-leg-"))
const list = new Checklist()
try {
  const empty = join(temporary, "empty")
  const tarball = await list.check(`npm pack, for Node ${process.versions.node}`, () => packTarball(temporary))
  if (tarball !== undefined) {
    await checkLoading(list, tarball, empty)
    await checkBindings(list, tarball, empty, temporary, runnersOfLegs)
    await checkOpenTelemetry3(list, tarball, temporary)
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
list.finish()

// These write their results themselves.
const results = process.env["RESULTS"]
const report = results ? ["--report", join(results, "conformance")] : []
const needANewerNode = subjects.filter(({ node }) => node !== undefined).map(({ name }) => name)
for (const subject of [...SUBJECTS, ...needANewerNode]) {
  const choice = ["--require", "--subject", subject]
  shown("--import", "tsx", "testing/cli/main.ts", "run", "./conformance.config.ts", ...choice, ...report)
}
shown("node_modules/vitest/vitest.mjs", "run", ...Object.keys(RUNTIME_TESTS))
// By the types of the 3.x line, which are not those that the other checks of types see.
shown("node_modules/typescript/bin/tsc", "--noEmit", "-p", "subjects/kit/opentelemetry-3/tsconfig.types.json")

/** Runs a program with this Node, whose output is shown as it comes. */
function shown(...args: string[]): void {
  console.log(`\nnode ${args.join(" ")}`)
  const { error, signal, status } = spawnSync(process.execPath, args, { cwd: repository, stdio: "inherit" })
  if (status === 0) return
  console.log(`FAIL  ${error?.message ?? signal ?? `exit code ${status}`}`)
  process.exitCode = 1
}
