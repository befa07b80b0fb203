import type { AdapterContext, AdapterDefinition, Logger } from "../../contracts/adapter.ts"
import type { EventEmitter } from "../../contracts/foundation/events.ts"
import type { ServiceName } from "../../contracts/foundation/names.ts"
import type { PortableOptions } from "./base.ts"
import type { ReadEnvironment, ServiceDocument } from "./document.ts"
import type { TestInstance } from "./drain.ts"
import type { Route } from "./http/route.ts"

/** What an instance puts around the others. `own` is the instance; where it has nothing to do, it gives what it was given. */
interface Surrounding {
  /** Another instance with the layer around it. One that no `as…` function made is left as it is. */
  instance(own: never, other: object): object
  /** The logger that other instances are given. */
  logger(own: never, logger: Logger): Logger
}

/** A service as data: one row of `core/service-list.ts`. */
export interface ServiceDefinition<Name extends string = string> {
  /** Its key among the services, and the folder of its contract, core, adapters and tests. */
  readonly name: Name
  /** Its name on the platform. */
  readonly platformName: ServiceName
  /** It holds data that `memory` would lose: production chooses an adapter on purpose. */
  readonly needsChoice: boolean
  /** Services that every instance uses, by `use`. They are created before it and closed after it. */
  readonly needs?: AdapterDefinition["needs"]
  /** Options of its adapter where nothing chose it: no variable, no configuration, and no name in `services`. */
  readonly unchosen?: Readonly<Record<string, unknown>>
  /** Loads what makes the portable type of an implementation. */
  portable(): Promise<(implementation: never, options: PortableOptions & Pick<AdapterContext, "use">) => object>
  /** Loads what announces to listeners what happens in an instance; loaded when somebody listens. */
  observe?(): Promise<(instance: never, events: EventEmitter) => object>
  /**
   * Loads what puts a layer of an instance around each other one. Instances of such a service are created first and
   * closed last.
   */
  surround?(): Promise<Surrounding>
  /** Loads the service's document; loaded when the configuration of an instance says more than an adapter. */
  document?(): Promise<ServiceDocument>
  /** Loads what reads variables besides `<NAME>_URL`. */
  environment?(): Promise<ReadEnvironment>
  /** Loads the routes of the HTTP API that call an instance; loaded by createHttpApi alone. */
  routes?(): Promise<readonly Route[]>
  /**
   * Loads what tests of an application get of an instance; loaded by createTestServices alone. `bare` is the instance
   * without what surrounds it: what tests ask by themselves is no call of the application.
   */
  testKit?(): Promise<(instance: never, bare: never) => TestInstance>
}

/** Types a row. */
export function defineService<const Name extends string>(definition: ServiceDefinition<Name>): ServiceDefinition<Name> {
  return definition
}
