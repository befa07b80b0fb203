/**
 * A test runner for Stryker whose tests are the clauses of the conformance catalogue, and nothing else. It runs them in
 * its own process, on the copy of this repository in the working directory, where Stryker has put the mutants.
 */
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** Clauses draw their data from it. */
const SEED = 1
/** Of the time that a call may take: one that never settles is given up after 1.5 s. */
const TIME_SCALE = 0.3

/** What the mutated code reads and counts, under a name that is Stryker's. */
interface Switchboard {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: unknown
}

interface MutantRun {
  readonly activeMutant: { readonly id: string }
  /** The clauses that reach the mutant; all when it is in code that runs only once, at the start. */
  readonly testFilter?: readonly string[]
  readonly hitLimit?: number
  readonly mutantActivation: "runtime" | "static"
}

type Judge = Awaited<ReturnType<typeof load>>

class CatalogueRunner {
  readonly #switchboard = openSwitchboard()
  #judge: Promise<Judge> | undefined

  capabilities() {
    return { reloadEnvironment: false }
  }

  /** One clause after the other, so that what each of them reaches is known. */
  async dryRun() {
    const judge = await this.#loaded()
    const tests: object[] = []
    for (const id of judge.clauses) {
      this.#switchboard.currentTestId = id
      const [result] = (await judge.run([id])).filter((other) => other.id === id)
      const test = { id, name: id, timeSpentMs: result?.durationMs ?? 0 }
      if (result?.status === "failed") tests.push({ ...test, status: FAILED, failureMessage: result.reason })
      else tests.push({ ...test, status: result?.status === "passed" ? SUCCESS : SKIPPED })
    }
    this.#switchboard.currentTestId = undefined
    return { status: "complete", tests, mutantCoverage: this.#switchboard.mutantCoverage }
  }

  async mutantRun({ activeMutant, hitLimit, mutantActivation, testFilter }: MutantRun) {
    if (mutantActivation === "runtime") await this.#loaded()
    const switchboard = this.#switchboard
    Object.assign(switchboard, { activeMutant: activeMutant.id, hitCount: hitLimit && 0, hitLimit })
    try {
      const judge = await this.#loaded()
      const results = await judge.run(testFilter ?? judge.clauses)
      if (hitLimit !== undefined && (switchboard.hitCount ?? 0) > hitLimit) return { status: "timeout" }
      const failed = results.filter(({ status }) => status === "failed")
      const nrOfTests = results.length
      if (failed.length === 0) return { status: "survived", nrOfTests }
      const killedBy = failed.map(({ id }) => id)
      return { status: "killed", nrOfTests, killedBy, failureMessage: failed[0]?.reason ?? "failed" }
    } catch (error) {
      // Not even the start of the run works.
      return { status: "killed", nrOfTests: 0, killedBy: [], failureMessage: String(error) }
    } finally {
      Object.assign(switchboard, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined })
    }
  }

  #loaded(): Promise<Judge> {
    this.#judge ??= load()
    return this.#judge
  }
}

/** As Stryker counts them. */
const [SUCCESS, FAILED, SKIPPED] = [0, 1, 2]

function openSwitchboard(): Switchboard {
  const name = "__stryker__"
  const global = globalThis as { [name]?: Switchboard }
  global[name] ??= {}
  return global[name]
}

async function load() {
  const { memoryCacheSubject } = await fromCopy<typeof import("../../subjects/cache.ts")>("subjects/cache.ts")
  const { cacheContract } =
    await fromCopy<typeof import("../../testing/cache/contract.ts")>("testing/cache/contract.ts")
  const { runContract } = await fromCopy<typeof import("../../testing/engine/run.ts")>("testing/engine/run.ts")
  return {
    clauses: cacheContract.clauses.map(({ id }) => id),
    async run(ids: readonly string[]) {
      const options = { seed: SEED, timeScale: TIME_SCALE, only: new Set(ids) }
      const { results } = await runContract(cacheContract, memoryCacheSubject, options)
      return results.filter(({ id }) => ids.includes(id))
    },
  }
}

function fromCopy<Module>(path: string): Promise<Module> {
  return import(pathToFileURL(join(process.cwd(), path)).href)
}

/** The name under which Stryker looks for what a plugin brings. */
export const strykerPlugins = [{ kind: "TestRunner", name: "catalogue", injectableClass: CatalogueRunner }]
