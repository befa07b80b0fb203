import { type ParseArgsConfig, parseArgs } from "node:util"
import type { ErrorIssue, ServiceError } from "../contracts/foundation/errors.ts"
import { oneLine, redactText } from "../contracts/foundation/shown.ts"

/** A command of `objectos`: one file each, listed in `main.ts`. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The text of `--help`. */
  readonly usage: string
  /** Does it, and gives the exit code. */
  run(args: readonly string[]): Promise<number>
}

/** Exit codes of every command. */
export const EXIT = { fine: 0, unhealthy: 1, usage: 2 } as const

/** What the user did wrong, in one line. */
export class UsageError extends Error {}

/** The options of a command, with their values, where it has nothing but options. */
export function parseOptions<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  args: readonly string[],
  options: Options,
) {
  const { positionals, there, values } = parseArguments(command, args, options)
  if (positionals.length > 0)
    throw new UsageError(`${command} must have no arguments, only options; got ${positionals[0]}; ${there}.`)
  return values
}

/** The arguments of a command, and its options with their values. `there` says which options there are. */
export function parseArguments<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  args: readonly string[],
  options: Options,
) {
  const known = Object.keys(options).map((name) => `--${name}`)
  const there = `the options of ${command} are ${known.join(", ")}`
  try {
    return { ...parseArgs({ args: [...args], options, allowPositionals: true }), there }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    const [, option] = /'(--?[^' ]+)/.exec(message) ?? []
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") throw new UsageError(`Unknown option ${option}; ${there}.`)
    throw new UsageError(`${firstLine(message).replace(/\.$/, "")}.`)
  }
}

/** Milliseconds that are given as text. */
export function millisecondsOf(option: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== "" && Number.isInteger(value) && value >= 1 && value <= 600_000) return value
  throw new UsageError(`${option} must be a whole number of milliseconds from 1 to 600000; got ${text}.`)
}

/** What is awaited, or what `late` gives when it takes too long. */
export async function within<Value>(ms: number, awaited: Promise<Value>, late: () => Value): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    return await Promise.race([awaited, expired.then(late)])
  } finally {
    clearTimeout(timer)
  }
}

/** The first line of a text of somebody else, without credentials of URLs. */
export function firstLine(text: string): string {
  return oneLine(redactText(text.split("\n", 1)[0] ?? ""))
}

/** What is wrong with a configuration, each issue in one line, without credentials of URLs. */
export function issuesOf(error: ServiceError): ErrorIssue[] {
  const told = (error.details?.["issues"] ?? [{ path: "", message: error.message }]) as readonly ErrorIssue[]
  return told.map(({ message, path }) => ({ path: lineOf(path), message: lineOf(message) }))
}

export function tellIssues(issues: readonly ErrorIssue[]): void {
  for (const { message, path } of issues) console.error(path === "" ? message : `${path}: ${message}`)
}

/** A text of somebody else in one line, without credentials of URLs. */
function lineOf(text: string): string {
  return oneLine(redactText(text))
}
