import { describe, expect, it } from "vitest"
import type { CacheCapabilities, CacheImplementation } from "../../contracts/cache/cache.ts"
import { systemClock } from "../../contracts/foundation/clock.ts"
import { type ClauseResult, describeResult } from "../engine/report.ts"
import { runContract } from "../engine/run.ts"
import type { Subject } from "../engine/subject.ts"
import { isTooSlow } from "../engine/window.ts"
import { cacheMutants } from "./catalogue.ts"
import { cacheContract } from "./contract.ts"
import { ReferenceCache } from "./reference/reference-cache.ts"
import { referenceSubject } from "./reference/world.ts"

/** So many runs at a time: nearly all that they do is wait. */
const RUNS = 16

/** The reference, or a class that changes a line of it, on the clock of the machine. */
function realTimeSubject(
  name: string,
  implementation: typeof ReferenceCache,
): Subject<CacheImplementation, CacheCapabilities> {
  const subject = referenceSubject(name, implementation)
  const clock = { ...systemClock, advance: async () => {}, adjust() {} }
  return {
    ...subject,
    async open(options) {
      const { adjustClock, advance, ...world } = await subject.open({ ...options, clock })
      return world
    },
  }
}

/** The results of these clauses. */
async function resultsOf(
  subject: Subject<CacheImplementation, CacheCapabilities>,
  ids: readonly string[],
  timeScale = 1,
): Promise<ClauseResult[]> {
  const options = { seed: 1, only: new Set(ids), timeScale }
  const { results } = await runContract(cacheContract, subject, options)
  return results.filter(({ id }) => options.only.has(id))
}

/** Does the work for each item, several at a time. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>, runs = RUNS): Promise<void> {
  const waiting = [...items]
  const next = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: runs }, next))
}

/** Mutants of time that a clause looks at in manual time only, and why. */
const ONLY_IN_MANUAL_TIME: Readonly<Record<string, string>> = {
  "alive-at-the-end": "a millisecond too long",
  "milliseconds-rounded-down": "a millisecond too short",
  "expired-counted-until-swept": "wrong for 100 ms, and a busy machine looks later",
  "expired-keys-walked-until-swept": "wrong for 100 ms, and a busy machine looks later",
  "ttl-capped": "wrong after a month",
  "infinity-is-ten-years": "wrong after ten years",
  "lease-too-short": "wrong after five seconds",
}

/** Mutants that in real time another clause than the named one sees. */
const SEEN_BY_ANOTHER: Readonly<Record<string, string>> = { "clock-rounded-up": "CACHE-TTL-12" }

describe("in real time, however busy the machine is", () => {
  const timed = new Set(
    cacheContract.clauses.filter(({ uses, waits }) => waits && !uses?.includes("adjustClock")).map(({ id }) => id),
  )

  const caughtOrNotRun = async ([timeScale, part]: readonly [timeScale: number, part: number]) => {
    const inTime = cacheMutants.filter(({ breaks, id }) => timed.has(breaks) && !(id in ONLY_IN_MANUAL_TIME))
    expect(inTime.length).toBeGreaterThan(60)
    const mutants = inTime.filter((_, index) => index % part === 0)
    const missed: string[] = []
    let caught = 0
    await each(mutants, async ({ breaks, id, implementation }) => {
      const clause = SEEN_BY_ANOTHER[id] ?? breaks
      for (const result of await resultsOf(realTimeSubject(id, implementation), [clause], timeScale)) {
        if (result.failure === "assertion") caught++
        else if (!isTooSlow(result)) missed.push(`${clause} ${result.status} ${id}: ${result.reason}`)
      }
    })
    console.log(`${caught} of ${mutants.length} mutants of time caught, the machine too slow for the others`)
    expect(missed).toEqual([])
  }
  // A part of them with longer steps too, as on a slow machine.
  it.each([[[1, 1]], [[4, 4]]] as const)(
    "a mutant of time is caught, or its clause says that the machine was too slow (time scale and part: %s)",
    { timeout: 600_000 },
    caughtOrNotRun,
  )

  it("the reference passes, or the machine was too slow", { timeout: 600_000 }, async () => {
    const results = await resultsOf(
      realTimeSubject("reference", ReferenceCache),
      cacheContract.clauses.map(({ id }) => id),
    )
    expect(results.filter(({ status }) => status === "failed").map((result) => describeResult(result, 1))).toEqual([])
  })

  // 200 ms are late for every clause; 700 ms are longer than what any of those that wait allows for.
  it.each([
    [200, cacheContract.clauses.map(({ id }) => id)],
    [700, [...timed].filter((_, index) => index % 4 === 0)],
  ])("a cache that answers %d ms late passes, or the machine was too slow", { timeout: 1_200_000 }, async (ms, ids) => {
    const late = class extends ReferenceCache {
      override async deliver<T>(answer: T): Promise<T> {
        await systemClock.sleep(ms)
        return answer
      }
    }
    const failures: string[] = []
    let tooSlow = 0
    const prove = async (id: string) => {
      for (const result of await resultsOf(realTimeSubject("late", late), [id])) {
        if (result.status === "failed") failures.push(describeResult(result, 1))
        if (isTooSlow(result)) tooSlow++
      }
    }
    // These count what is open in the whole process.
    const alone = ["CLOSE-07", "CONFIG-04"]
    await each(
      ids.filter((id) => !alone.includes(id)),
      prove,
      3 * RUNS,
    )
    for (const id of ids.filter((other) => alone.includes(other))) await prove(id)
    console.log(`${ids.length} clauses, the machine too slow for ${tooSlow}`)
    expect(failures).toEqual([])
  })
})
