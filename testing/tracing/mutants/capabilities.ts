import type { RecordedSpan } from "../../../contracts/tracing/tracing.ts"
import { subclass } from "../../engine/seams.ts"
import { mutants } from "../mutant.ts"
import { referenceThatDeclares } from "../reference/without.ts"

const Undeclared = referenceThatDeclares({ spans: false })

export const tracingCapabilitiesMutants = mutants({
  "TRACING-CAP-01": {
    "undeclared-spans-are-given": subclass(
      "A page shows spans of one process of many as if they were all.",
      Undeclared,
    ),
    "undeclared-getSpans-not-implemented": subclass(
      "A page of traces fails.",
      class extends Undeclared {
        override getSpans(): readonly RecordedSpan[] {
          throw new Error("getSpans is not implemented")
        }
      },
    ),
    "undeclared-getSpans-gives-undefined": subclass(
      "A page of traces fails: it has no length.",
      class extends Undeclared {
        override getSpans(): readonly RecordedSpan[] {
          return undefined as never
        }
      },
    ),
    "undeclared-clearSpans-starts-anew": subclass(
      "Counts begin anew.",
      class extends Undeclared {
        override getSpans(): readonly RecordedSpan[] {
          return []
        }
        override clearSpans(): void {
          Object.assign(this.counts, { started: 0, ended: 0, exported: 0 })
        }
      },
    ),
    "undeclared-clearSpans-not-implemented": subclass(
      "A test cannot begin anew.",
      class extends Undeclared {
        override getSpans(): readonly RecordedSpan[] {
          return []
        }
        override clearSpans(): void {
          throw new Error("clearSpans is not implemented")
        }
      },
    ),
  },
})
