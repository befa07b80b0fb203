import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { Mutant } from "../../engine/mutant.ts"
import { subclass } from "../../engine/seams.ts"
import { type Breakable, mutants, type ServiceClass } from "../mutant.ts"
import type { ReferenceOptions } from "../reference-service.ts"

export function configurationMutants({ Reference, seam }: Breakable): readonly Mutant<ServiceClass>[] {
  return mutants({
    "CONFIG-01": {
      "unknown-options-ignored": seam.issuesOf(
        "A misspelt limit is no limit, and nobody notices.",
        ({ next }, { maxValueBytes, password }) =>
          next({
            ...(maxValueBytes !== undefined && { maxValueBytes }),
            ...(password !== undefined && { password }),
          }),
        "cache-manager, keyv, ioredis: options that are not known are ignored without a word",
      ),
      "unknown-options-without-path": seam.issuesOf(
        "Somebody has to guess which of forty options is misspelt.",
        ({ next }, options) => {
          const known = ["maxValueBytes", "password"]
          return next(options).map((issue) => (known.includes(issue.path) ? issue : { ...issue, path: "" }))
        },
        "zod: an unrecognized key is reported with the path of the object that holds it",
      ),
    },
    "CONFIG-02": {
      "first-problem-only": seam.issuesOf("Each deployment shows one more mistake.", ({ next }, options) =>
        next(options).slice(0, 1),
      ),
      "bad-options-replaced-by-defaults": seam.issuesOf(
        "A limit of 0, computed by mistake, is no limit.",
        ({ next }, { maxValueBytes, ...options }) =>
          next({ ...options, ...(Number(maxValueBytes) > 0 && { maxValueBytes }) }),
      ),
    },
    "CONFIG-03": {
      "refused-value-shown": seam.refuseConfiguration(
        "The password that was put into the wrong option is in the log.",
        (_, issues, given) => {
          if (issues.length === 0) return
          throw new ServiceError("INVALID_CONFIG", `Cannot use ${JSON.stringify(given)}.`, { details: { issues } })
        },
      ),
      "value-of-unknown-option-shown": seam.refuseConfiguration(
        "A password under a misspelt name is in the log of the start.",
        (_, issues, given) => {
          if (issues.length === 0) return
          const text = issues.map(({ message, path }) => `${path}=${String(given[path])} ${message}`).join("; ")
          throw new ServiceError("INVALID_CONFIG", text, { details: { issues } })
        },
      ),
    },
    "CONFIG-04": {
      "timer-from-the-start": subclass(
        "A program that only looks at its configuration does not end.",
        class extends Reference {
          readonly #stopTimer: () => void
          constructor(options: ReferenceOptions<never>) {
            super(options)
            this.#stopTimer = this.store.startTimer()
          }
          override async close(): Promise<void> {
            this.#stopTimer()
            return super.close()
          }
        },
      ),
    },
    "CONFIG-05": {
      "made-only-while-store-is-there": subclass(
        "A program does not start while its store is away, though it could do without.",
        class extends Reference {
          constructor(options: ReferenceOptions<never>) {
            super(options)
            if (this.store.fault === "unreachable") this.refuse("UNAVAILABLE", "The store cannot be reached.")
          }
        },
      ),
    },
  })
}
