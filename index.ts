/** The front door: everything of `./core`, with the built-in adapters as the default. */
import type { ResultAsync } from "neverthrow"
import { builtinAdapters } from "./adapters/manifest.ts"
import type { ServiceError } from "./contracts/foundation/errors.ts"
import type { ServiceKey } from "./contracts/services.ts"
import * as config from "./core/config/config.ts"
import type * as core from "./core/index.ts"
import * as services from "./core/services.ts"

export { builtinAdapters } from "./adapters/manifest.ts"
export { defineAdapter } from "./contracts/adapter.ts"
export { ServiceError } from "./contracts/foundation/errors.ts"
export type { ServiceContracts } from "./contracts/services.ts"
export * from "./core/index.ts"

/** Options of which `adapters` has a default: the built-in ones. Add yours: `[...builtinAdapters, mine]`. */
type WithBuiltin<Options> = Omit<Options, "adapters"> & { adapters?: readonly core.AnyAdapter[] | undefined }

export type ServicesOptions<Selected extends core.Selection = readonly ServiceKey[]> = WithBuiltin<
  core.ServicesOptions<Selected>
>
export type TestServicesOptions<Selected extends core.Selection = readonly ServiceKey[]> = WithBuiltin<
  core.TestServicesOptions<Selected>
>
export type ConfigInput = WithBuiltin<core.PlanInput>

/**
 * Creates services over the adapters that the environment chooses: memory where `<NAME>_URL` is not set.
 *
 * @throws ServiceError INVALID_CONFIG with all issues at once, each with its path.
 * @example
 * const { cache, close } = await createServices()
 * const user = await cache.getOrSet("user:1", () => loadUser(1), { ttl: 60 })
 * await close()
 */
export function createServices<const Selected extends core.Selection = readonly ServiceKey[]>(
  options: ServicesOptions<Selected> = {},
): Promise<core.Services<Selected>> {
  return services.createServices<Selected>({ ...options, adapters: options.adapters ?? builtinAdapters })
}

/**
 * In-memory services for application tests; time stands still until `advance`, or `drain`.
 *
 * @example
 * const { cache, queue, advance, drain } = await createTestServices()
 * await cache.set("session", 1, 60)
 * await advance(60_000)
 * await startWorker(queue)
 * await signUp("ada@example.org", { queue })
 * await drain() // delivers messages, also those that are delayed or tried again
 * expect(queue.publishedOne("mail").data).toEqual({ to: "ada@example.org" })
 */
export function createTestServices<const Selected extends core.Selection = readonly ServiceKey[]>(
  options: TestServicesOptions<Selected> = {},
): Promise<core.TestServices<Selected>> {
  return services.createTestServices<Selected>({ ...options, adapters: options.adapters ?? builtinAdapters })
}

/**
 * Checks a configuration without creating anything.
 *
 * @throws ServiceError INVALID_CONFIG; `details.issues` lists every issue with its path.
 */
export function parseConfig(input: ConfigInput = {}): Promise<core.PlannedInstance[]> {
  return config.parseConfig(withDefaults(input))
}

/** `parseConfig` as a Result. */
export function safeParseConfig(input: ConfigInput = {}): ResultAsync<core.PlannedInstance[], ServiceError> {
  return config.safeParseConfig(withDefaults(input))
}

/**
 * What `createServices` would create, and where each value came from; secrets are hidden.
 *
 * @example
 * console.log(String(await describeConfig()))
 */
export function describeConfig(input: ConfigInput = {}): Promise<core.ConfigDescription> {
  return config.describeConfig(withDefaults(input))
}

function withDefaults(input: ConfigInput): core.PlanInput {
  return {
    ...input,
    adapters: input.adapters ?? builtinAdapters,
    env: input.env ?? globalThis.process?.env ?? {},
  }
}
