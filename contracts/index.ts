/** The contracts: what implementers write against and users hold. */

export {
  type AdapterContext,
  type AdapterDefinition,
  type AnyAdapterDefinition,
  defineAdapter,
  type LazyAdapter,
  type Logger,
} from "./adapter.ts"
export { type Capabilities, NO_LIMIT } from "./foundation/capabilities.ts"
export { type FoundationClauseId, foundationSentences } from "./foundation/clauses.ts"
export { type Clock, createManualClock, type ManualClock, systemClock, type Timer } from "./foundation/clock.ts"
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorIssue,
  ServiceError,
  type ServiceErrorJson,
  type ServiceErrorOptions,
} from "./foundation/errors.ts"
export { type EventEmitter, STANDARD_EVENT_NAMES, type StandardEventName } from "./foundation/events.ts"
export {
  capabilityFamily,
  clientFamily,
  copyFamily,
  dataFamily,
  type FamilySentences,
  type FamilyWords,
  idsOf,
  nameFamily,
  sentencesOf,
} from "./foundation/families.ts"
export type { IHealthCheckable, PluginHealthStatus } from "./foundation/health.ts"
export type { IClosable, IConnectable } from "./foundation/lifecycle.ts"
export { intercept, type MethodCall, type MethodInfo, type MethodTable, type Proceed } from "./foundation/methods.ts"
export { criticalityOf, SERVICE_NAMES, type ServiceCriticality, type ServiceName } from "./foundation/names.ts"
export { plainDataIssue } from "./foundation/plain-data.ts"
export {
  pluginHealthStatusSchema,
  serviceNameSchema,
  standardEventNameSchema,
} from "./foundation/schemas.ts"
export * from "./services.ts"
