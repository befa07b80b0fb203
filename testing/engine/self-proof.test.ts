import { describe, expect, it } from "vitest"
import {
  type Counter,
  type CounterCapabilities,
  type CounterClause,
  clause,
  contractOf,
  counter,
  subjectOf,
  words,
} from "./counter.fixture.ts"
import { type Catalogue, problemsOf, verdictOn } from "./self-proof.ts"

type MakeCounter = () => Counter

function catalogueOf(check: CounterClause["check"]): Catalogue<MakeCounter, Counter, Counter, CounterCapabilities> {
  return {
    service: "counter",
    contract: contractOf(clause("COUNTER-A-01", { ...words, check })),
    reference: counter,
    subjectOf: (name, connect) => subjectOf({ name, open: () => ({ connect }) }),
    mutants: [],
    oddities: {},
    pins: [],
  }
}

/** A clause that is in time at the try of this number, at the earliest; a run tries a window four times. */
function inTimeAt(attempt: number, expected: number): CounterClause["check"] {
  let attempts = 0
  return async (t, counter, world) => {
    const window = world.window(++attempts < attempt ? 0 : 3600)
    t.equal(await counter.add(), expected)
    window.close()
  }
}

describe("a machine that is too slow at first", () => {
  const mutant = { breaks: "COUNTER-A-01", id: "wrong", why: "It counts from 0.", implementation: counter }

  it.each([1, 5, 9])("does not hide a mutant that try %d catches", async (attempt) => {
    expect(await verdictOn(catalogueOf(inTimeAt(attempt, 2)), mutant, 1)).toBe("assertion")
  })

  it("leaves no verdict when it never is in time", async () => {
    expect(await verdictOn(catalogueOf(inTimeAt(Number.POSITIVE_INFINITY, 2)), mutant, 1)).toBe("not-run")
  })

  it.each([1, 5, 9])("is not held against what is right at try %d", async (attempt) => {
    expect(await problemsOf(catalogueOf(inTimeAt(attempt, 1)), "right", counter, 1)).toEqual([])
  })
})
