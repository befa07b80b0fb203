#!/usr/bin/env node
/** The command `objectos`: lists its commands and runs one of them. */
import { writeSync } from "node:fs"
import { createRequire } from "node:module"
import { ServiceError } from "../contracts/foundation/errors.ts"
import { usageLine } from "../contracts/foundation/shown.ts"
import { check } from "./check.ts"
import { type Command, EXIT, UsageError } from "./command.ts"
import { probe } from "./probe.ts"

const commands: readonly Command[] = [check, probe]

const USAGE = `Usage: objectos <command> [options]

${commands.map(({ name, summary }) => `  ${name.padEnd(15)}${summary}`).join("\n")}

  -h, --help     this text, or that of a command
  -v, --version  the version of @objectos/sdk`

// A reader that has seen enough, such as head, is no fault.
process.stdout.on("error", () => {})
process.on("uncaughtException", (error) => end(tell(error)))
let isEnding = false
process.on("exit", () => {
  if (isEnding) return
  writeSync(process.stderr.fd, "The module ended the process.\n")
  process.exitCode = EXIT.usage
})
end(await main(process.argv.slice(2)).catch(tell))

async function main([first, ...args]: readonly string[]): Promise<number> {
  const names = commands.map(({ name }) => name).join(", ")
  if (first === "-h" || first === "--help") return print(USAGE)
  if (first === "-v" || first === "--version") return print(version())
  if (first === undefined)
    throw new UsageError(`A command must be named; the commands are ${names}. --help shows the usage.`)
  if (first.startsWith("-")) throw new UsageError(`Unknown option ${first}; the options are --help, --version.`)
  const command = commands.find(({ name }) => name === first)
  if (command === undefined) throw new UsageError(`Unknown command ${first}; the commands are ${names}.`)
  if (args.includes("-h") || args.includes("--help")) return print(command.usage)
  return args.includes("-v") || args.includes("--version") ? print(version()) : command.run(args)
}

function print(text: string): number {
  console.log(text)
  return EXIT.fine
}

/** One line about a fault; the message of a foreign error may hold secrets. */
function tell(error: unknown): number {
  const known = error instanceof UsageError || ServiceError.is(error)
  const kind = error instanceof Error ? error.name : typeof error
  console.error(known ? usageLine(error.message, process.argv.slice(2)) : `A foreign error ended the command: ${kind}.`)
  return EXIT.usage
}

function version(): string {
  const { version } = createRequire(import.meta.url)("@objectos/sdk/package.json") as { version: string }
  return version
}

/** Ends the process when all is written, whatever else is still open. */
function end(code: number): void {
  process.stdout.write("", () =>
    process.stderr.write("", () => {
      isEnding = true
      process.exit(code)
    }),
  )
}
