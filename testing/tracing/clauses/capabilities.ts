import { clause } from "../clause.ts"
import { quietly } from "../outcomes.ts"

/** TRACING-CAP: what is not declared. Those of all services are in the family. */
export const capabilitiesClauses = [
  clause("TRACING-CAP-01", {
    why: "A page that shows traces must not fail, or show half of them, where they are kept elsewhere.",
    fix: "Remove getSpans and clearSpans, let them give an empty list and nothing, or declare spans: true.",
    lacks: ["spans"],
    async check(t, tracing) {
      tracing.startSpan("kept elsewhere").end()
      await tracing.flush()
      const before = tracing.stats()
      const { clearSpans, getSpans } = tracing as Partial<typeof tracing>
      if (getSpans !== undefined) {
        for (const query of [undefined, {}, { name: "kept elsewhere" }]) {
          t.equal(
            quietly(t, () => tracing.getSpans(query), "getSpans"),
            [],
            "what getSpans gives",
          )
        }
      }
      if (clearSpans !== undefined) {
        t.equal(
          quietly(t, () => tracing.clearSpans(), "clearSpans"),
          undefined,
          "what clearSpans gives",
        )
      }
      t.equal(tracing.stats(), before, "the counts, afterwards")
    },
  }),
]
