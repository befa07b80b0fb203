import { foundationMutants } from "../../foundation/mutants.ts"
import { mutants, seam } from "../mutant.ts"
import { cacheProbes } from "../probes.ts"
import { ReferenceCache } from "../reference/reference-cache.ts"

/** Of the clauses that every service shares: by faults that any service can have, and by those of a cache alone. */
export const cacheFoundationMutants = [
  ...foundationMutants(ReferenceCache, cacheProbes, {
    reads: "get",
    finds: "has",
    stores: "set",
    removes: "delete",
    refuses: "getMany",
    tells: "stats",
    counted: "get",
  }),
  ...mutants({
    "ERROR-02": {
      "walk-throws-before-its-first-step": seam.keys(
        "A bad prefix is thrown where nobody catches it.",
        ({ next, self }, options = {}) => {
          const { prefix = "" } = options
          self.refuseIf(typeof prefix === "string" ? undefined : "A prefix is a string.")
          return next(options)
        },
      ),
    },
    "HEALTH-05": {
      "metrics-begin-anew": seam.getMetrics(
        "Two collectors that ask in turn each get a part of the counts.",
        async ({ next, self }) => {
          const metrics = await next()
          self.hits = 0
          self.misses = 0
          return metrics
        },
      ),
    },
    "CLOSE-07": {
      "timer-for-each-ttl": seam.write(
        "The program ends when the longest ttl has passed.",
        ({ next, self }, key, value, ttl) => {
          next(key, value, ttl)
          if (ttl !== undefined) self.store.startTimer()
        },
        "caches with a setTimeout for each entry: it keeps the process alive unless unref() was called",
      ),
    },
  }),
]
