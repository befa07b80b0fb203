import type { ErrorIssue } from "../../../contracts/foundation/errors.ts"
import { ServiceError } from "../../../contracts/foundation/errors.ts"
import type { ReferenceOptions } from "../../cache/reference/entries.ts"
import { ReferenceCache } from "../../cache/reference/reference-cache.ts"
import type { Mutant } from "../../engine/mutant.ts"

type Options = Readonly<Record<string, unknown>>

export const configurationMutants: readonly Mutant<typeof ReferenceCache>[] = [
  {
    id: "unknown-options-ignored",
    breaks: "CONFIG-01",
    why: "A misspelt limit is no limit, and nobody notices.",
    source: "cache-manager, keyv, ioredis: options that are not known are ignored without a word",
    implementation: class extends ReferenceCache {
      protected override issuesOf({ maxValueBytes, password }: Options): ErrorIssue[] {
        return super.issuesOf({
          ...(maxValueBytes !== undefined && { maxValueBytes }),
          ...(password !== undefined && { password }),
        })
      }
    },
  },
  {
    id: "unknown-options-without-path",
    breaks: "CONFIG-01",
    why: "Somebody has to guess which of forty options is misspelt.",
    source: "zod: an unrecognized key is reported with the path of the object that holds it",
    implementation: class extends ReferenceCache {
      protected override issuesOf(options: Options): ErrorIssue[] {
        const known = ["maxValueBytes", "password"]
        return super.issuesOf(options).map((issue) => (known.includes(issue.path) ? issue : { ...issue, path: "" }))
      }
    },
  },
  {
    id: "first-problem-only",
    breaks: "CONFIG-02",
    why: "Each deployment shows one more mistake.",
    implementation: class extends ReferenceCache {
      protected override issuesOf(options: Options): ErrorIssue[] {
        return super.issuesOf(options).slice(0, 1)
      }
    },
  },
  {
    id: "bad-options-replaced-by-defaults",
    breaks: "CONFIG-02",
    why: "A limit of 0, computed by mistake, is no limit.",
    implementation: class extends ReferenceCache {
      protected override issuesOf({ maxValueBytes, ...options }: Options): ErrorIssue[] {
        return super.issuesOf({ ...options, ...(Number(maxValueBytes) > 0 && { maxValueBytes }) })
      }
    },
  },
  {
    id: "refused-value-shown",
    breaks: "CONFIG-03",
    why: "The password that was put into the wrong option is in the log.",
    implementation: class extends ReferenceCache {
      protected override refuseConfiguration(issues: readonly ErrorIssue[], given: Options): void {
        if (issues.length === 0) return
        throw new ServiceError("INVALID_CONFIG", `Cannot use ${JSON.stringify(given)}.`, { details: { issues } })
      }
    },
  },
  {
    id: "timer-from-the-start",
    breaks: "CONFIG-04",
    why: "A program that only looks at its configuration does not end.",
    implementation: class extends ReferenceCache {
      readonly #stopTimer: () => void
      constructor(options: ReferenceOptions) {
        super(options)
        this.#stopTimer = this.store.startTimer()
      }
      override async close(): Promise<void> {
        this.#stopTimer()
        return super.close()
      }
    },
  },
  {
    id: "value-of-unknown-option-shown",
    breaks: "CONFIG-03",
    why: "A password under a misspelt name is in the log of the start.",
    implementation: class extends ReferenceCache {
      protected override refuseConfiguration(issues: readonly ErrorIssue[], given: Options): void {
        if (issues.length === 0) return
        const text = issues.map(({ message, path }) => `${path}=${String(given[path])} ${message}`).join("; ")
        throw new ServiceError("INVALID_CONFIG", text, { details: { issues } })
      }
    },
  },
  {
    id: "made-only-while-store-is-there",
    breaks: "CONFIG-05",
    why: "A program does not start while its cache is away, though it could do without.",
    implementation: class extends ReferenceCache {
      constructor(options: ReferenceOptions) {
        super(options)
        if (this.store.fault === "unreachable") this.refuse("UNAVAILABLE", "The store cannot be reached.")
      }
    },
  },
]
