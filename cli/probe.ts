import { randomBytes } from "node:crypto"
import { ServiceError } from "../contracts/foundation/errors.ts"
import { bucketIssue } from "../contracts/storage/arguments.ts"
import type { Storage, StorageCapabilities } from "../contracts/storage/storage.ts"
import type { Environment } from "../core/config/choose-adapter.ts"
import { optionNames } from "../core/foundation/schema.ts"
import { builtinAdapters, createServices } from "../index.ts"
import { type Command, EXIT, issuesOf, millisecondsOf, parseArguments, tellIssues, UsageError } from "./command.ts"
import { loadEnvironment } from "./load-config.ts"
import { Deadline } from "./probe/deadline.ts"
import { Place } from "./probe/place.ts"
import type { ListName, TrialName } from "./probe/trials.ts"
import { type Failure, type Found, tryAll } from "./probe/try-all.ts"

const TIMEOUT_MS = 60_000

const USAGE = `Usage: objectos probe URL [options]

Finds out what an object storage keeps of what its capabilities promise: conditions, checksums, signed requests, keys. It
writes small objects under a prefix of its own, and removes them. The URL is one as in STORAGE_URL, such as
"s3://bucket?endpoint=https://s3.example.org"; credentials can stand in the environment.

  --bucket NAME      where to write; it must exist. Default: the bucket that the URL names
  --env-file FILE    lines NAME=value; variables of the process go before them
  --json             one JSON document on standard output
  --timeout MS       how long all of it may take. Default ${TIMEOUT_MS}
  -h, --help         this text

Prints the capabilities, and the options to write down where the URL does not say them. Progress goes to standard error.

Exit codes: 0 the URL promises no more than is kept; 1 it promises more, or the storage cannot be tried; 2 wrong usage, or
a URL that cannot be used, with all its errors.`

const OPTIONS = {
  bucket: { type: "string" },
  "env-file": { type: "string" },
  json: { type: "boolean" },
  timeout: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const

export const probe: Command = {
  name: "probe",
  summary: "finds out what an object storage keeps, on the real server",
  usage: USAGE,
  run,
}

/** Whatever a server might keep. */
const CLAIMS = {
  conditionalCreate: true,
  conditionalMatch: true,
  conditionalComplete: true,
  conditionalCopy: true,
  exactKeys: true,
  presignMethods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
  checksumsWrite: ["crc32", "crc32c", "sha256", "md5"],
  checksumsRead: ["crc32", "crc32c", "sha256"],
} as const satisfies Record<TrialName | ListName, unknown>

type Name = keyof typeof CLAIMS
const NAMES = Object.keys(CLAIMS) as Name[]

async function run(args: readonly string[]): Promise<number> {
  const { positionals, there, values } = parseArguments("probe", args, OPTIONS)
  const [url, ...rest] = positionals
  if (url === undefined || rest.length > 0) {
    throw new UsageError(`probe must have one argument, the URL of a storage; got ${positionals.length}; ${there}.`)
  }
  const deadline = new Deadline(values.timeout === undefined ? TIMEOUT_MS : millisecondsOf("--timeout", values.timeout))
  const isJson = values.json ?? false
  const issue = values.bucket === undefined ? undefined : bucketIssue(values.bucket)
  if (issue !== undefined) throw new UsageError(`--bucket: ${issue}`)
  const env = { ...(await loadEnvironment(values["env-file"])), STORAGE_URL: url }
  try {
    const claims = await claimsOf(url)
    const [promising, claiming] = [await open(env, {}), await open(env, claims)]
    const bucket = values.bucket ?? claiming.storage.defaultBucket
    if (bucket === undefined) throw new UsageError("The URL names no bucket; --bucket must name one that exists.")
    const found = await look(claiming.storage, bucket, deadline)
    await deadline.within<unknown>(Promise.all([promising.close(), claiming.close()]), () => undefined)
    if ("message" in found) return failed(found, isJson)
    return tell(found, promising.storage.capabilities, Object.keys(claims) as Name[], isJson)
  } catch (error) {
    if (!ServiceError.is(error)) throw error
    const issues = issuesOf(error)
    tellIssues(issues)
    if (isJson) tellJson({ error: { code: error.code, message: "The URL cannot be used.", issues } })
    return EXIT.usage
  }
}

/** The options of the adapter by which one can say what its server keeps. */
async function claimsOf(url: string): Promise<Partial<typeof CLAIMS>> {
  const scheme = /^([a-z][\w+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  const adapter = builtinAdapters.find(
    ({ schemes, service }) => service === "storage" && schemes.includes(scheme ?? ""),
  )
  const options = adapter === undefined ? [] : optionNames((await adapter.load()).optionsSchema)
  return Object.fromEntries(NAMES.filter((name) => options.includes(name)).map((name) => [name, CLAIMS[name]]))
}

function open(env: Environment, options: Partial<typeof CLAIMS>) {
  return createServices({ services: ["storage"], env, config: { storage: { options } } })
}

/** What is kept, or why that cannot be found out. */
async function look(storage: Storage, bucket: string, deadline: Deadline): Promise<Found | Failure> {
  const { ms, signal } = deadline
  const place = new Place(storage, bucket, `objectos-probe-${randomBytes(8).toString("hex")}/`, signal)
  console.error(`Writing below ${place.prefix}`)
  const late = { code: "TIMEOUT", message: `The storage was not tried within ${ms} ms; --timeout gives more.` } as const
  let isOver = false
  const trying = tryAll(place)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error
      return late
    })
    .finally(() => {
      isOver = true
    })
  const found = await deadline.within<Found | Failure>(trying, () => late)
  if (!place.isWritten) return found
  const isClear = isOver && (await deadline.within(place.clear(), () => false))
  if (!isClear) console.error("Warning: what was written is not all removed.")
  return found
}

function failed(error: Failure, isJson: boolean): number {
  console.error(error.message)
  if (isJson) tellJson({ error })
  return EXIT.unhealthy
}

function tellJson(document: object): void {
  console.log(JSON.stringify(document, null, 2))
}

/** Shows what was found, beside what the URL promises. */
function tell(found: Found, promised: StorageCapabilities, options: readonly Name[], isJson: boolean): number {
  const isMore = (name: Name) =>
    [promised[name]].flat().some((each) => each !== false && ![found[name]].flat().includes(each))
  const broken = NAMES.filter(isMore)
  const different = options.filter((name) => textOf(found[name]) !== textOf(promised[name]))
  const query = different.map((name) => `${name}=${textOf(found[name])}`).join("&")
  if (isJson) tellJson({ capabilities: found, options: query, broken })
  else {
    const lines = NAMES.map((name) => `${name.padEnd(20)} ${shown(found[name])}`)
    const advice = query === "" ? "The options say what the server keeps." : `Options to write down: ${query}`
    console.log([...lines, "", advice].join("\n"))
  }
  for (const name of broken) console.error(`Warning: the URL promises more of ${name} than the server keeps.`)
  return broken.length > 0 ? EXIT.unhealthy : EXIT.fine
}

function textOf(value: boolean | readonly string[]): string {
  return typeof value === "boolean" ? String(value) : [...value].sort().join(",")
}

function shown(value: boolean | readonly string[]): string {
  if (typeof value === "boolean") return value ? "yes" : "no"
  return value.length === 0 ? "none" : value.join(", ")
}
