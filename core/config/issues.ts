import { err, Result } from "neverthrow"
import { type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import { isShortName, shownName } from "../../contracts/foundation/shown.ts"
import { invalidConfig } from "../foundation/invalid-config.ts"

/** An issue with the error that it comes of, which is never shown. */
export interface Issue extends ErrorIssue {
  readonly cause?: unknown
}

/** A value, or everything that is wrong with it. */
export type Checked<Value> = Result<Value, Issue[]>

export function refuse(path: string, message: string): Checked<never> {
  return err([{ path, message }])
}

/** Refuses for an error: one of ours says why, and of a foreign one, which may show a secret, `message` is said. */
export function refuseFor(error: unknown, path: string, message: string): Checked<never> {
  const said = ServiceError.is(error) ? error.message.replace(/\.$/, "") : message
  return err([{ path, message: said, cause: error }])
}

/** What is said of a name that nobody knows; one that may be a secret is not shown. */
export function unknownName(kind: "adapter" | "service", name: string, known: readonly string[]): string {
  const list = known.map(shownName).join(", ") || "none"
  if (!isShortName(name)) return `must be one of the ${kind}s, which are ${list}; got another string`
  return `unknown ${kind} ${name}; the ${kind}s are ${list}`
}

/** Where it is told what is wrong with an adapter: what chose it. */
export function adapterPath(name: string, chosenBy: string): string {
  return chosenBy === "default" ? `services.${shownName(name)}` : chosenBy
}

/** The value, unless there are issues. */
export function unless<Value>(issues: readonly Issue[], value: Checked<Value>): Checked<Value> {
  return issues.length === 0 ? value : err([...issues, ...issuesOf(value)])
}

/** What is wrong with a value. */
export function issuesOf(value: Checked<unknown>): readonly Issue[] {
  return value.isOk() ? [] : value.error
}

/** All values, or the issues of all. */
export function all<Value>(results: readonly Checked<Value>[]): Checked<Value[]> {
  return Result.combineWithAllErrors([...results]).mapErr((issues) => issues.flat())
}

/** A record of values, or the issues of all. */
export function combined<Values extends object>(results: { readonly [Key in keyof Values]: Checked<Values[Key]> }) {
  const entries = Object.entries<Checked<unknown>>(results)
  const pairs = entries.map(([key, result]) => result.map((value) => [key, value] as const))
  return all(pairs).map((pairs) => Object.fromEntries(pairs) as Values)
}

/** The error with all issues, and with the first error that one of them comes of as its cause. */
export function configError(all: readonly Issue[]): ServiceError {
  const issues = all.map(({ message, path }) => ({ path, message }))
  return invalidConfig("The configuration", issues, { cause: all.find(({ cause }) => cause !== undefined)?.cause })
}
