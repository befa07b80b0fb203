/** Holds what users are told to the rules of "Words" in CONTRIBUTING.md: provokes it, and looks at what was said. */
import { describe, expect, it } from "vitest"
import { callsOf, SERVICES } from "./words/calls.ts"
import { collect } from "./words/collect.ts"
import { usages } from "./words/lines.ts"
import { queueDocuments, queueFeatures } from "./words/queue.ts"
import { offenders, RULES, type Said } from "./words/rules.ts"
import { documents, layers, optionsOfAdapters, selections, urls, variables } from "./words/settings.ts"

/** `least` different messages are provoked, so that a table that provokes none is noticed. */
function keepRules(name: string, least: number, provoke: () => Promise<Said[]>): void {
  describe(`messages about ${name}`, async () => {
    const said = await provoke()
    it(`are ${least} or more`, () => expect(new Set(said.map(({ text }) => text)).size).toBeGreaterThanOrEqual(least))
    it.each(RULES)("$name", (rule) => expect(offenders(rule, said)).toEqual([]))
  })
}

for (const [service, under] of Object.entries(SERVICES)) {
  describe(`a ${service}`, () => {
    it("is called by every method of its contract", () => {
      expect(Object.keys(under.good).sort()).toEqual(Object.keys(under.methods).sort())
    })
  })
  keepRules(`the arguments of a ${service}`, 80, () => collect(callsOf(under)))
}
keepRules("options of adapters", 500, async () => collect(await optionsOfAdapters()))
keepRules("the cache document", 500, () => collect(documents()))
keepRules("documents of queues and workers", 250, () => collect(queueDocuments()))
keepRules("tasks, batches and payloads", 100, () => collect(queueFeatures()))
keepRules("URLs", 40, () => collect(urls()))
keepRules("variables", 15, () => collect(variables()))
keepRules("selections and needs", 30, () => collect(selections()))
keepRules("layers", 60, () => collect(layers()))
keepRules("wrong usage of the command lines", 15, usages)

describe("the rules refuse the messages of before", () => {
  const before: [rule: string, text: string, kind?: Said["kind"]][] = [
    ["says must", "A cache key is a string, not an object."],
    ["says must", "grace needs a ttl."],
    ["says must", "no service of this name is selected; the selected are cache", "issue"],
    ["says what it got", "A cache key must be a string."],
    ["begins with", "the password must not have a %."],
    ["begins with", "not host:port", "issue"],
    ["begins with", "Invalid input: wanted number".toLowerCase(), "issue"],
    ["ends with", "There is no file none"],
    ["ends with", "must be host:port.", "issue"],
    ["is one line", "A key must not\nbe empty."],
    ["has no sentence", "What is stored must be a string; got a number."],
    ["has no sentence", "The cache is closed. This is an end."],
    ["has at most", `A key must be ${"very ".repeat(30)}short; got a string.`],
    ["blames nobody", "Invalid input: expected number, received string", "issue"],
    ["blames nobody", "Too small: must be 1", "issue"],
    ["shows no value", "A cache key must be a string; got hunter2."],
    ["shows no value", "A cache key must be a string; got 4815."],
  ]
  it.each(before)("%s: %s", (name, text, kind = "error") => {
    const [rule] = RULES.filter((one) => one.name.startsWith(name))
    expect(rule?.holds({ by: "", text, kind, code: "INVALID_CONFIG", shown: text })).toBe(false)
  })

  it("and an error of nobody", () => {
    const [rule] = RULES.filter(({ name }) => name.startsWith("is of a code"))
    expect(rule?.holds({ by: "", text: "", kind: "error", code: "INTERNAL", shown: "" })).toBe(false)
  })
})
