import { describe, expect, it } from "vitest"
import { foundationSentences } from "../contracts/foundation/clauses.ts"
import { builtinContracts } from "./cli/config.ts"
import { openSentences } from "./engine/clause.ts"
import { loudSentences } from "./foundation/catalogue.ts"

/** Services of which no call fails. */
const QUIET = new Set(["tracing"])
const ID = /^[A-Z][A-Z0-9]*(?:-[A-Z]+)?-\d\d$/

describe.each(builtinContracts.map((contract) => [contract.service, contract] as const))("%s", (_service, contract) => {
  const open = openSentences(contract)

  it("checks its sentences in their order, and then those of every service", () => {
    const isOpen = (id: string) => open.some(([other]) => other === id)
    const own = Object.keys(contract.sentences ?? {}).filter((id) => !isOpen(id))
    const shared = Object.keys(foundationSentences).filter(
      (id) => !QUIET.has(contract.service) || !loudSentences.has(id),
    )
    expect(contract.clauses.map(({ id }) => id)).toEqual([...own, ...shared])
  })

  it("has ids of one form, and sentences that end", () => {
    for (const [id, text] of Object.entries({ ...contract.sentences, ...foundationSentences })) {
      expect(id).toMatch(ID)
      expect(text).toMatch(/\.$/)
      expect(text).not.toMatch(/^(What|Whoever) /)
    }
  })

  it("gives each clause a reason and a remedy", () => {
    for (const { why, fix } of contract.clauses) {
      expect(why).toMatch(/\.$/)
      expect(fix).toMatch(/\.$/)
    }
  })

  it.for(open)("%s %s", (_sentence, { skip }) => skip("open: no check yet"))
})
