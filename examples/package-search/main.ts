/** What the SDK is for, in four acts: prove, search, compare, serve. */
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"
import { ServiceError } from "@objectos/sdk"
import { compare } from "./compare.ts"
import { proveFile, proveMemory } from "./prove.ts"
import { type SearchSummary, search } from "./search.ts"
import { serve } from "./serve.ts"

const USAGE = `Usage: npm start -- [prove [FILE] | search | compare [QUERY] | serve] [options]

  prove [FILE]      runs the cache contract on the class that FILE exports (default: examples/my-cache.ts, then memory)
  search            indexes the packages of a node_modules folder and queries them
  compare [QUERY]   runs one query on memory and on the adapters that the environment sets
  serve             indexes them and serves the HTTP API, until it is told to end
  (nothing)         the first three

  --dir DIR         a node_modules folder (default: node_modules)
  --query TEXT      what to look for (default: asked on a terminal, "http client" otherwise)
  --json            search only: one JSON object instead of text
  --port PORT       serve only (default: 3000)
  --host HOST       serve only (default: 0.0.0.0 where API_TOKEN or API_READ_TOKEN is set, 127.0.0.1 otherwise)
  -h, --help        this text

CACHE_URL=redis://localhost:6379 makes it use Redis. \`npm run server -- redis\` starts one.`

const DEFAULT_QUERY = "http client"
const ACTS = ["prove", "search", "compare", "serve"]
/** Acts that take nothing behind their name. */
const ALONE = ["search", "serve"]

try {
  await main()
} catch (error) {
  const usage = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")
  if (!ServiceError.is(error) && !usage) throw error
  console.error(
    usage ? `${error.message.split(/[.\n]/)[0]} (--help shows the options)` : `${error.code}: ${error.message}`,
  )
  process.exitCode = usage ? 2 : 1
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      dir: { type: "string", default: "node_modules" },
      query: { type: "string" },
      json: { type: "boolean", default: false },
      port: { type: "string" },
      host: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const [act, subject, ...rest] = positionals
  if (
    (act !== undefined && !ACTS.includes(act)) ||
    rest.length > 0 ||
    (subject !== undefined && ALONE.includes(act ?? ""))
  ) {
    throw new ServiceError("INVALID_ARGUMENT", `Unknown command ${positionals.join(" ")} (--help shows the commands)`)
  }
  if (values.json && act !== "search") throw new ServiceError("INVALID_ARGUMENT", "--json goes with search")
  if ((values.port ?? values.host) !== undefined && act !== "serve") {
    throw new ServiceError("INVALID_ARGUMENT", "--port and --host go with serve")
  }

  if (act === "prove" && subject !== undefined) {
    if ((await proveFile(subject)).verdict !== "conformant") process.exitCode = 1
    return
  }
  if (act === "serve") {
    const { dir, host, port = "3000" } = values
    console.log(`Serve: the packages of ${dir}`)
    return serve({ dir, env: process.env, host, port, log: console.log, progress })
  }
  if (act === undefined || act === "prove") await prove()
  if (act === undefined || act === "search") await find(values, act === "search")
  if (act === undefined || act === "compare") {
    const query = subject ?? values.query ?? DEFAULT_QUERY
    console.log(`\nCompare: "${query}" on every adapter that is set`)
    if (!(await compare(values.dir, query, process.env))) process.exitCode = 1
  }
}

async function prove(): Promise<void> {
  console.log("Prove: the cache contract on a naive Map class, examples/my-cache.ts")
  await proveFile("examples/my-cache.ts")
  console.log("\nThe same contract on the memory adapter")
  await proveMemory()
  console.log("  For a cache of your own: npm run prove <file>")
}

async function find(values: { dir: string; query?: string; json: boolean }, alone: boolean): Promise<void> {
  const log = values.json ? () => {} : console.log
  log(`${alone ? "" : "\n"}Search: the packages of ${values.dir}`)
  const outcome = await search({
    dir: values.dir,
    env: process.env,
    log,
    progress: values.json ? () => {} : progress,
    query: async () => values.query ?? (alone ? await askForQuery() : DEFAULT_QUERY),
  })
  console.log(values.json ? JSON.stringify(outcome) : describe(outcome))
}

/** Only a terminal can answer. */
async function askForQuery(): Promise<string> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return DEFAULT_QUERY
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`  Look for [${DEFAULT_QUERY}]: `)
  terminal.close()
  return answer.trim() === "" ? DEFAULT_QUERY : answer
}

function progress(done: number, all: number): void {
  if (process.stdout.isTTY) {
    const filled = Math.round((done / all) * 30)
    process.stdout.write(
      `\r  [${"█".repeat(filled)}${" ".repeat(30 - filled)}] ${done} of ${all}${done === all ? "\n" : ""}`,
    )
  } else if (done % 100 === 0) console.log(`  ${done} of ${all}`)
}

function describe({ cached_ms, cold_ms, facets, hits }: SearchSummary): string {
  const bold = process.stdout.isTTY ? "\u001b[1m$1\u001b[22m" : "*$1*"
  const lines = hits.map(({ id, score, snippet }) => {
    const text = plain(snippet.replaceAll(/\s+/g, " ").replaceAll(/<mark>(.*?)<\/mark>/g, bold))
    return `  ${score.toFixed(2).padStart(7)}  ${id}\n           ${text}`
  })
  const counts = Object.entries(facets).map(
    ([field, values]) => `  ${field}: ${values.map(({ count, value }) => `${value} ${count}`).join(", ")}`,
  )
  return [...lines, ...counts, `  cold ${cold_ms} ms, cached ${cached_ms} ms`].join("\n")
}

/** Snippets are HTML; a terminal shows text. */
function plain(html: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" }
  return html.replaceAll(/&(amp|lt|gt|quot|#x27);/g, (entity, name) => characters[name] ?? entity)
}
