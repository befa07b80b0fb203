import { describe, expect, it } from "vitest"
import { openSentences } from "../engine/clause.ts"
import { runContract } from "../engine/run.ts"
import { changed, withMethods } from "../engine/seams.ts"
import { problemsOf, verdictOn } from "../engine/self-proof.ts"
import { ReferenceShelf, shelfCatalogue, shelfContract } from "./shelf.fixture.ts"

const SEED = 1

describe("a service of four methods", () => {
  it("gets most of its clauses for its probes", () => {
    expect(shelfContract.clauses.length).toBeGreaterThanOrEqual(60)
    expect(openSentences(shelfContract)).toEqual([])
  })

  it("keeps every clause", async () => {
    expect(await problemsOf(shelfCatalogue, "reference", ReferenceShelf, SEED)).toEqual([])
  })

  it.each(shelfCatalogue.mutants)("$breaks catches $id", async (mutant) => {
    expect(await verdictOn(shelfCatalogue, mutant, SEED)).toBe("assertion")
  })
})

/** What fails of the contract, by the id of its clause. */
async function failuresOf(Implementation: typeof ReferenceShelf, contract = shelfContract) {
  const { results } = await runContract(contract, shelfCatalogue.subjectOf("broken", Implementation), { seed: SEED })
  const failures = results.filter(({ status }) => status === "failed")
  return Object.fromEntries(failures.map(({ fix, id, reason }) => [id, `${reason} -> ${fix}`]))
}

describe("a list", () => {
  const left = new WeakMap<object, Set<string>>()
  const first = new WeakMap<object, string[]>()
  it.each([
    [
      "tells of other services",
      "SHELF-NAME-13",
      changed(ReferenceShelf, "", {
        liveKeys: ({ self }) => [...self.store.entries.keys()].map((stored) => stored.replace(/^\d+:[^:]*:/, "")),
      }),
    ],
    [
      "tells of what was removed",
      "SHELF-NAME-01",
      changed(ReferenceShelf, "", {
        liveKeys({ next, self }) {
          const seen = left.get(self.store) ?? new Set()
          for (const name of next()) seen.add(name)
          left.set(self.store, seen)
          return [...seen]
        },
      }),
    ],
    [
      "tells what it told before",
      "SHELF-CLIENT-04",
      changed(ReferenceShelf, "", {
        liveKeys({ next, self }) {
          const told = first.get(self) ?? next()
          first.set(self, told)
          return told
        },
      }),
    ],
    [
      "leaves out what is falsy",
      "SHELF-VAL-01",
      changed(ReferenceShelf, "", { liveKeys: ({ next, self }) => next().filter((name) => Boolean(self.read(name))) }),
    ],
  ])("that %s fails %s", async (_, id, { implementation }) => {
    expect((await failuresOf(implementation))[id]).toMatch(/^list (has|lacks) /)
  })
})

describe("a method that is missing", () => {
  it.each(["get", "drop", "list"])("is named as what is to be implemented: %s", async (method) => {
    const Without = withMethods(ReferenceShelf, {})
    Object.defineProperty(Without.prototype, method, { value: undefined })
    expect((await failuresOf(Without))["SHELF-NAME-01"]).toBe(`${method}() is missing -> Implement ${method}().`)
  })
})
