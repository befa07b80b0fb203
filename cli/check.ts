import { ServiceError } from "../contracts/foundation/errors.ts"
import type { PluginHealthStatus } from "../contracts/foundation/health.ts"
import { oneLine, shownName } from "../contracts/foundation/shown.ts"
import { type ConfigDescription, type DescribedInstance, describePlanned } from "../core/config/config.ts"
import { redact } from "../core/config/redact.ts"
import { portableInfo } from "../core/foundation/base.ts"
import { createHealth, type ServicesHealth } from "../core/foundation/health/health.ts"
import type { InstanceHealth } from "../core/foundation/health/instance-health.ts"
import { wrap } from "../core/foundation/wrap.ts"
import { createPlanned } from "../core/services.ts"
import { builtinAdapters, type ConfigInput, parseConfig } from "../index.ts"
import {
  type Command,
  EXIT,
  firstLine,
  issuesOf,
  millisecondsOf,
  parseOptions,
  tellIssues,
  UsageError,
  within,
} from "./command.ts"
import { type LoadedConfig, loadConfig, loadEnvironment } from "./load-config.ts"

const TIMEOUT_MS = 5000

const USAGE = `Usage: objectos check [options]

Shows the effective configuration without secrets, and where each value came from. Connects each instance, and asks
for its health.

  --config FILE      an ES module, its path relative to the working directory, that exports by name what createServices
                     takes: \`services\`, \`config\`, \`adapters\`, \`required\`. It reads no default export.
                     Default: every built-in service, as the environment chooses its adapter
  --service NAME     only the instance of this name; may be repeated
  --env-file FILE    lines NAME=value; variables of the process go before them
  --json             one JSON document on standard output
  --timeout MS       how long loading, connecting, each health check and closing may take. Default ${TIMEOUT_MS}
  -h, --help         this text

Exit codes: 0 healthy, or degraded with a warning; 1 an instance that is required is unhealthy, or any where none is
named in \`required\`; 2 wrong usage, or a configuration that cannot be used, with all its errors.`

const OPTIONS = {
  config: { type: "string" },
  service: { type: "string", multiple: true },
  "env-file": { type: "string" },
  json: { type: "boolean" },
  timeout: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const

export const check: Command = {
  name: "check",
  summary: "shows the effective configuration and the health of each instance",
  usage: USAGE,
  run,
}

async function run(args: readonly string[]): Promise<number> {
  const values = parseOptions("check", args, OPTIONS)
  const timeoutMs = values.timeout === undefined ? TIMEOUT_MS : millisecondsOf("--timeout", values.timeout)
  const env = await loadEnvironment(values["env-file"])
  const loading = values.config === undefined ? Promise.resolve({}) : loadConfig(values.config)
  const loaded = await within(timeoutMs, loading, () => late(`The file ${values.config} was not loaded`, timeoutMs))
  try {
    const seen = await look({ ...selected(loaded, values.service), env }, timeoutMs)
    console.log(values.json ? JSON.stringify(toJson(seen), null, 2) : toText(seen))
    if (seen.health.status === "degraded")
      console.error("Warning: the whole is degraded, since not every instance is healthy.")
    if (seen.fault !== undefined) console.error(`Warning: ${seen.fault}.`)
    return seen.health.status === "unhealthy" ? EXIT.unhealthy : EXIT.fine
  } catch (error) {
    if (!ServiceError.is(error)) throw error
    const issues = issuesOf(error)
    if (values.json) console.log(JSON.stringify({ status: "invalid", issues }, null, 2))
    else tellIssues(issues)
    return EXIT.usage
  }
}

/** What there is to show. */
interface Seen {
  readonly description: ConfigDescription
  readonly health: ServicesHealth
  readonly required: readonly string[]
  /** Of closing. */
  readonly fault: string | undefined
}

/** Makes the services, asks how they are, and closes them. */
async function look(input: ConfigInput, timeoutMs: number): Promise<Seen> {
  const { required = [] } = input
  const opening = parseConfig(input).then(async (planned) => ({
    description: describePlanned(planned),
    services: await createPlanned(planned, { required }),
  }))
  const { description, services } = await within(timeoutMs, opening, () =>
    late("The services were not made", timeoutMs),
  )
  const made: Readonly<Record<string, object>> = { ...services }
  const names = description.instances.map(({ name }) => name)
  const health = await createHealth(
    Object.fromEntries(names.map((name) => [name, connecting(made[name], timeoutMs)])),
    // Each is bounded already, by a timer that keeps the process alive.
    { required: required.length === 0 ? names : required, timeoutMs: 2 * timeoutMs },
  ).check()
  const closing = services.close().then(
    () => undefined,
    () => "not every instance could be closed",
  )
  const fault = await within(timeoutMs, closing, () => `not every instance was closed within ${timeoutMs} ms`)
  return { description, health, required, fault }
}

/** The configuration with no instances but those of the names. */
function selected(loaded: LoadedConfig, names: readonly string[] | undefined): LoadedConfig {
  if (names === undefined) return loaded
  const { adapters = builtinAdapters, config, required, services } = loaded
  const all = selectionOf(services ?? adapters.map(({ service }) => service))
  const unknown = names.find((name) => !Object.hasOwn(all, name))
  if (unknown !== undefined) {
    throw new UsageError(
      `Unknown service ${shownName(unknown)}; the services are ${Object.keys(all).map(shownName).join(", ")}.`,
    )
  }
  // What names no instance at all stays, and is refused.
  const stays = (name: string) => names.includes(name) || !Object.hasOwn(all, name)
  return {
    ...loaded,
    services: pick(all, stays),
    ...(config && { config: pick(config, stays) }),
    ...(required && { required: required.filter(stays) }),
  }
}

function selectionOf(services: NonNullable<LoadedConfig["services"]>): Readonly<Record<string, string>> {
  if (!isList(services)) return services
  return Object.fromEntries(services.map((service) => [service, service]))
}

function isList(services: NonNullable<LoadedConfig["services"]>): services is readonly string[] {
  return Array.isArray(services)
}

function pick<Value>(record: Readonly<Record<string, Value>>, wanted: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(record).filter(([name]) => wanted(name)))
}

function late(what: string, timeoutMs: number): never {
  throw new UsageError(`${what} within ${timeoutMs} ms; --timeout gives more.`)
}

/** The instance as a health check that connects first, and ends. */
function connecting(instance: object = {}, ms: number): object {
  const info = portableInfo(instance)
  // The check of a portable service has a bound of its own, which is ours too.
  const patient =
    info === undefined ? instance : wrap(instance, (_call, next) => next(), { portable: { healthTimeoutMs: ms } })
  const { healthCheck } = patient as { healthCheck?: () => Promise<PluginHealthStatus> }
  const ask = async () => {
    await info?.connect()
    return healthCheck === undefined ? { status: "healthy" } : healthCheck.call(patient)
  }
  const silent = () => {
    throw new ServiceError("TIMEOUT", `No answer within ${ms} ms.`)
  }
  return { healthCheck: () => within(ms, ask(), silent) }
}

/** A health without secrets: in its texts, and by the names of its details. */
function shownHealth(health: InstanceHealth | undefined): unknown {
  if (health === undefined) return undefined
  const { details, latency, message, status } = health
  return redact({ status, latency, message, details })
}

function toJson({ description, health, required }: Seen): object {
  const instances = description.instances.map((instance: DescribedInstance) => ({
    ...instance,
    required: required.includes(instance.name),
    health: shownHealth(health.services[instance.name]),
  }))
  return { status: health.status, instances }
}

function toText({ description, health, required }: Seen): string {
  const lines = Object.entries(health.services).map(([name, { latency, message, status }]) => {
    const mark = required.includes(name) ? " (required)" : ""
    const why = message === undefined ? "" : `: ${firstLine(message)}`
    return `${oneLine(name)}${mark}: ${status}, ${Math.round(latency)} ms${why}`
  })
  return [String(description), "", ...lines].join("\n")
}
