import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { builtinContracts } from "./cli/config.ts"
import { openSentences } from "./engine/clause.ts"

/** The contract files whose sentences every service keeps to. */
const shared = ["foundation/errors.ts", "foundation/health.ts", "foundation/lifecycle.ts", "adapter.ts"]

const ID = /[A-Z][A-Z0-9]*(?:-[A-Z]+)?-\d\d/.source

function textOf(file: string): string {
  return readFileSync(new URL(`../contracts/${file}`, import.meta.url), "utf8")
}

/** Bullets of the comments that end with a clause id, in their order. */
function sentencesOf(file: string): [id: string, text: string][] {
  const pattern = new RegExp(`^ \\* - (.+?) \\[(${ID})\\]$`, "gm")
  const text = textOf(file).replaceAll(/\n \* {3}/g, " ")
  return [...text.matchAll(pattern)].map(([, sentence = "", id = ""]) => [id, sentence])
}

describe.each(builtinContracts.map((contract) => [contract.service, contract] as const))("%s", (service, contract) => {
  const sources = [`${service}/${service}.ts`, ...shared]
  const written = sources.flatMap(sentencesOf)
  const open = openSentences(contract)
  const isOpen = ([id]: [id: string, text: string]) => open.some(([other]) => other === id)

  it("checks what its contract says, word for word and in order, and nothing else", () => {
    const checked = contract.clauses.map(({ id, text }) => [id, text])
    expect(checked).toEqual(written.filter((sentence) => !isOpen(sentence)))
  })

  it("lists what it does not check yet, word for word and in order", () => {
    expect(open).toEqual(written.filter(isOpen))
  })

  it("has no id in its contract that the sentence pattern misses", () => {
    for (const file of sources) {
      const ids = [...textOf(file).matchAll(new RegExp(`\\[(${ID})\\]`, "g"))].map(([, id]) => id)
      expect(sentencesOf(file).map(([id]) => id)).toEqual(ids)
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
