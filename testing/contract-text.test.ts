import { describe, expect, it } from "vitest"
import { foundationSentences } from "../contracts/foundation/clauses.ts"
import { builtinContracts } from "./cli/config.ts"
import { openSentences } from "./engine/clause.ts"

const ID = /^[A-Z][A-Z0-9]*(?:-[A-Z]+)?-\d\d$/

describe.each(builtinContracts.map((contract) => [contract.service, contract] as const))("%s", (_service, contract) => {
  const open = openSentences(contract)

  it("checks its sentences in their order, and then those of every service", () => {
    const isOpen = (id: string) => open.some(([other]) => other === id)
    const own = Object.keys(contract.sentences ?? {}).filter((id) => !isOpen(id))
    expect(contract.clauses.map(({ id }) => id)).toEqual([...own, ...Object.keys(foundationSentences)])
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
