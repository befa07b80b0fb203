/** Writes the skeleton of a service or of an adapter, and adds it where services and adapters are listed. */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { usageLine } from "../contracts/foundation/shown.ts"
import { writeEntryPoints } from "./entry-points/entry-points.ts"
import { addAdapter } from "./new/adapter.ts"
import { adapterNames, platformName, serviceNames, UsageError } from "./new/names.ts"
import { addService } from "./new/service.ts"
import { Tree } from "./new/tree.ts"
import { tool } from "./pack-check/run.ts"

const USAGE = `Usage: npm run new -- service NAME [--platform NAME]
       npm run new -- adapter SERVICE NAME

service   contract, row, portable type, memory adapter, clauses and subject of a service with one example method
adapter   an adapter of a service, whose methods are still to be written

  --platform NAME   what the service is called on the platform. Default: its own name
  -h, --help        this text

A service is one word of lower-case letters and digits; an adapter may have several, with a hyphen between them.

Exit codes: 0 written, 1 refused, 2 wrong usage; where it is not 0, nothing was written`

const root = join(import.meta.dirname, "..")

process.exitCode = await main().catch((error: unknown) => {
  const isUsage = (error as { code?: unknown }).code?.toString().startsWith("ERR_PARSE_ARGS")
  console.error(usageLine((error as Error).message.split("\n")[0] ?? "", process.argv.slice(2)))
  return isUsage ? 2 : 1
})

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { platform: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
  })
  const [kind, first = "", second = "", ...rest] = positionals
  if (values.help) return print(USAGE)
  const wanted = kind === "service" ? 2 : 3
  if ((kind !== "service" && kind !== "adapter") || positionals.length !== wanted || rest.length > 0) {
    console.error("Say service NAME, or adapter SERVICE NAME (--help shows the usage).")
    return 2
  }
  const service = serviceNames(first)
  const tree = new Tree(root)
  if (kind === "service") addService(tree, service, platformName(first, values.platform))
  else addAdapter(tree, adapterNames(service, second))
  const written = await tree.save(finish, ["package.json"])
  return print(`${written.map((path) => `wrote ${path}`).join("\n")}\nCONTRIBUTING.md says what is left to do by hand.`)
}

async function finish(written: readonly string[]): Promise<void> {
  writeEntryPoints(root)
  await tool("@biomejs/biome/bin/biome", ["check", "--write", ...written]).catch(() => {
    throw new UsageError("The files must pass biome check, which they do not; nothing was written.")
  })
}

function print(text: string): number {
  console.log(text)
  return 0
}
