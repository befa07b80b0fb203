import { err, ok } from "neverthrow"
import type { AdapterContext } from "../contracts/adapter.ts"
import type { Clock } from "../contracts/foundation/clock.ts"
import { ServiceError } from "../contracts/foundation/errors.ts"
import type { EventEmitter } from "../contracts/foundation/events.ts"
import type { IClosable } from "../contracts/foundation/lifecycle.ts"
import { kindOf } from "../contracts/foundation/plain-object.ts"
import { shownName } from "../contracts/foundation/shown.ts"
import { adapterPath, type Checked, configError, issuesOf, refuse, refuseFor } from "./config/issues.ts"
import type { PlannedInstance } from "./config/plan.ts"
import { portableInfo } from "./foundation/base.ts"
import { serviceNamed } from "./service-list.ts"
import { loadSurround, type Surround, surroundedOf } from "./surround.ts"

export interface CreatedInstance {
  readonly name: string
  readonly instance: object
}

/** What every instance is given besides its name and the services that it uses. */
export type SharedContext = Omit<AdapterContext, "name" | "use">

/** What follows the creation of an instance. */
export interface Creation {
  readonly events?: EventEmitter | undefined
  /** Puts something of tests around it. `bare` is the instance without what surrounds it. */
  readonly around?: ((instance: object, service: string, bare: object) => Promise<object>) | undefined
}

/** How long a failed creation waits for each instance to close. */
const CLOSE_MS = 5000

/**
 * Creates instances, each after those that it uses and else side by side. They must come in that order. Those that go
 * around the others come first.
 *
 * @throws ServiceError INVALID_CONFIG with every issue; what was created is closed then.
 */
export async function createInstances(
  planned: readonly PlannedInstance[],
  shared: SharedContext,
  then: Creation,
): Promise<CreatedInstance[]> {
  const creations = new Map<string, Promise<Checked<CreatedInstance>>>()
  const { bare, by, ordered } = surroundedOf(planned)
  /** Loaded for the first instance that something goes around. */
  let surrounding: Promise<Checked<Surround | undefined>> | undefined
  for (const plan of ordered) {
    const used = Object.entries(plan.needs).map(([service, name]) => ({ service, creation: creations.get(name) }))
    const create = async (): Promise<Checked<CreatedInstance>> => {
      const instances = new Map<string, object>()
      for (const { creation, service } of used) {
        const created = await creation
        // What it uses says enough.
        if (created?.isOk() !== true) return err([])
        instances.set(service, created.value.instance)
      }
      const context = { ...shared, name: plan.name, use: useOf(plan.name, instances) }
      if (by === undefined || bare.has(plan.name)) return createInstance(plan, context, then)
      surrounding ??= surroundBy(by, creations.get(by.name))
      const surround = await surrounding
      return surround.isOk() ? createInstance(plan, context, then, surround.value) : err([])
    }
    creations.set(plan.name, create())
  }
  const outcomes = await Promise.all(creations.values())
  const created = outcomes.flatMap((outcome) => (outcome.isOk() ? [outcome.value] : []))
  if (created.length === outcomes.length) return created
  for (const { instance } of [...created].reverse()) await closeQuietly(instance, shared.clock)
  throw configError(outcomes.flatMap(issuesOf))
}

async function surroundBy(
  plan: PlannedInstance,
  creation: Promise<Checked<CreatedInstance>> | undefined,
): Promise<Checked<Surround | undefined>> {
  const created = await creation
  return created?.isOk() === true ? ok(await loadSurround(plan, created.value.instance)) : err([])
}

async function createInstance(
  plan: PlannedInstance,
  given: AdapterContext,
  { around, events }: Creation,
  surround?: Surround,
): Promise<Checked<CreatedInstance>> {
  const { chosenBy, definition, document, name, options, parts, service } = plan
  const path = adapterPath(name, chosenBy)
  let instance: object | undefined
  try {
    const context = surround === undefined ? given : { ...given, logger: surround.logger(given.logger) }
    const made: unknown = await definition.create(options as never, context)
    if ((typeof made !== "object" || made === null) && typeof made !== "function") {
      const adapter = shownName(definition.name)
      return refuse(path, `The adapter ${adapter} must create an object; got ${kindOf(made)}`)
    }
    instance = made
    const row = serviceNamed(service)
    const adapt = await row?.portable()
    const { clock, use } = context
    instance = adapt?.(made as never, { adapter: definition.name, clock, use }) ?? made
    const lacking = document?.lacking?.(instance) ?? []
    if (lacking.length > 0) {
      await closeQuietly(instance, clock)
      return err([...lacking])
    }
    instance = (await document?.compose(instance, { chosen: plan, parts, context })) ?? instance
    const observe = events && (await row?.observe?.())
    if (events && observe) instance = observe(instance as never, events)
    const bare = instance
    instance = surround?.instance(bare) ?? bare
    instance = (await around?.(instance, service, bare)) ?? instance
    return ok({ name, instance })
  } catch (error) {
    if (instance !== undefined) await closeQuietly(instance, given.clock)
    return refuseFor(error, path, "The adapter could not be made; see cause")
  }
}

/** Closes an instance that nobody will have; one that cannot, or never ends, keeps nobody from the error. */
async function closeQuietly(instance: Partial<IClosable>, clock: Clock): Promise<void> {
  let over: () => void = () => {}
  const expired = new Promise<void>((resolve) => {
    over = resolve
  })
  const timer = clock.setTimeout(over, CLOSE_MS)
  const closing = Promise.resolve().then(() => instance.close?.())
  await Promise.race([closing.catch(() => {}), expired])
  timer.cancel()
}

function useOf(name: string, instances: ReadonlyMap<string, object>): AdapterContext["use"] {
  return (service) => {
    const instance = instances.get(service)
    if (instance !== undefined) return instance as never
    const remedy = `name it in needs: ["${service}"] of the adapter or of the service`
    throw new ServiceError(
      "INVALID_CONFIG",
      `The instance ${shownName(name)} must need ${service} to use it; ${remedy}.`,
    )
  }
}

/** Rejects with what the first of them says that cannot connect. */
export async function connectAll(created: readonly CreatedInstance[]): Promise<void> {
  const outcomes = await Promise.allSettled(created.map(({ instance }) => portableInfo(instance)?.connect()))
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason
}

/** Closes all, the last first, also where one fails. */
export async function closeAll(created: readonly CreatedInstance[]): Promise<void> {
  const failures: unknown[] = []
  for (const { instance } of [...created].reverse()) {
    try {
      await (instance as Partial<IClosable>).close?.()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
