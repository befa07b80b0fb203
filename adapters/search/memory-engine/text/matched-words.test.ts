import { describe, expect, test } from "vitest"
import { body, planOfPhrases, planOfTerms, title, writerOf } from "./documents.fixture.ts"
import { matchedWords } from "./matched-words.ts"

const at = (term: string, position: number) => ({ term, position })

describe("the words to mark", () => {
  test("are by field its terms, phrases, beginnings and near words", () => {
    const segments = [writerOf([{ body: ["running cats"] }]), writerOf([{ body: ["ruin"], title: ["cut"] }])]
    const phrase = [at("hot", 0), at("dog", 1)]
    const plan = planOfTerms(
      [
        {
          fields: [
            {
              field: body,
              boost: 1,
              alternatives: [[at("run", 0)], phrase],
              expansion: { word: "run", prefix: true, edits: 1, limit: 5 },
            },
            { field: title, boost: 1, alternatives: [[at("runs", 0)]], expansion: undefined },
          ],
        },
      ],
      "or",
    )
    const marks = matchedWords(plan, segments)
    expect([...marks.keys()]).toEqual(["body", "title"])
    expect(marks.get("body")).toMatchObject({
      terms: new Set(["run"]),
      phrases: [phrase],
      plainTerms: new Set(["ruin"]),
      plainPrefixes: ["run"],
    })
    expect(marks.get("title")?.terms).toEqual(new Set(["runs"]))
  })

  test("of a phrase stand only together", () => {
    const words = [at("hot", 0), at("dog", 1)]
    const marks = matchedWords(planOfPhrases([{ field: title, boost: 1, words }]), [])
    expect(marks.get("title")).toMatchObject({ terms: new Set(), phrases: [words] })
  })

  test("of a phrase of one word stand anywhere", () => {
    const marks = matchedWords(planOfPhrases([{ field: title, boost: 1, words: [at("hot", 0)] }]), [])
    expect(marks.get("title")).toMatchObject({ terms: new Set(["hot"]), phrases: [] })
  })
})
