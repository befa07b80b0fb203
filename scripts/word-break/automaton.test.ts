import { expect, it } from "vitest"
import { type Automaton, automatonOf } from "./automaton.ts"
import { choice, one, optional, type Pattern, repeat, separated, sequence, some } from "./pattern.ts"

const letters = ["a", "b", "-"]
const classes = letters.map((letter) => new Set(letter === "-" ? [letter] : [letter, "any"]))

/** What the automaton says that a whole text is. */
function kindOf({ transitions, kinds }: Automaton<string>, text: string): string | undefined {
  const state = Array.from(text).reduce((state, letter) => transitions[state]?.[letters.indexOf(letter)] ?? 0, 1)
  return kinds[state]
}

const matches = (pattern: Pattern, text: string) => kindOf(automatonOf([["it", pattern]], classes), text) === "it"

it.each<[string, Pattern, string[], string[]]>([
  ["one", one("a"), ["a"], ["", "b", "aa"]],
  ["a set with several", one("any"), ["a", "b"], ["-"]],
  ["sequence", sequence(one("a"), one("b")), ["ab"], ["a", "b", "abb"]],
  ["choice", choice(one("a"), sequence(one("b"), one("b"))), ["a", "bb"], ["b"]],
  ["optional", sequence(optional(one("a")), one("b")), ["b", "ab"], ["a", "aab"]],
  ["repeat", sequence(repeat(one("a")), one("b")), ["b", "aaab"], ["a"]],
  ["some", some(one("a")), ["a", "aaa"], ["", "ab"]],
  ["separated", separated(one("any"), one("-")), ["a", "a-b-a"], ["a-", "ab", "-a"]],
  ["repeat of what may be empty", sequence(repeat(repeat(one("a"))), one("b")), ["b", "aab"], ["a"]],
])("matches %s", (_, pattern, right, wrong) => {
  expect(right.filter((text) => !matches(pattern, text))).toEqual([])
  expect(wrong.filter((text) => matches(pattern, text))).toEqual([])
})

it("takes the first rule of those that match", () => {
  const automaton = automatonOf(
    [
      ["word", some(one("a"))],
      ["other", some(one("any"))],
    ],
    classes,
  )
  expect(kindOf(automaton, "aa")).toBe("word")
  expect(kindOf(automaton, "ab")).toBe("other")
})

it("has no more states than it needs", () => {
  const { transitions } = automatonOf([["it", choice(some(one("a")), sequence(one("a"), repeat(one("a"))))]], classes)
  expect(transitions).toEqual([
    [0, 0, 0],
    [2, 0, 0],
    [2, 0, 0],
  ])
})
