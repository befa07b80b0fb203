/**
 * The conformance harness: contracts as clauses with their checks, an engine without a test runner, and bindings for
 * every runner that has `describe` and `it`.
 */
export { createManualClock, type ManualClock } from "../contracts/foundation/clock.ts"
export { type BoundContract, bindContract, type TestRunner } from "./bind.ts"
export * from "./contracts.ts"
export { defineSubject } from "./define-subject.ts"
export { CheckFailed, Checks } from "./engine/checks.ts"
export {
  type Clause,
  type ClauseDefinition,
  type ClauseWorld,
  type Contract,
  type ContractProbes,
  clausesFor,
  defineContract,
} from "./engine/clause.ts"
export type { Budgets } from "./engine/limits.ts"
export type { Pace } from "./engine/pace.ts"
export type { SeededRandom } from "./engine/random.ts"
export { type ClauseResult, type ConformanceReport, describeResult } from "./engine/report.ts"
export { type RunOptions, runContract } from "./engine/run.ts"
export type {
  Configuration,
  Exemption,
  Faults,
  ForkedClient,
  OpenOptions,
  Subject,
  World,
  WorldFeature,
} from "./engine/subject.ts"
export type { Window } from "./engine/window.ts"
export {
  type CapabilityOptions,
  type CapabilityRange,
  capabilityClauses,
  type OptionalInterface,
} from "./families/capabilities.ts"
export type { FamilyOptions } from "./families/clause.ts"
export { clientClauses } from "./families/clients.ts"
export { copyClauses } from "./families/copies.ts"
export { dataClauses } from "./families/data.ts"
export { nameClauses } from "./families/names.ts"
export type { FamilyProbes, RemovingProbes, Role, Roles } from "./families/roles.ts"
export { startTcpProxy, type TcpProxy, type TcpProxyOptions } from "./faults/tcp-proxy.ts"
export { FaultPlan, withFaults } from "./faults/with-faults.ts"
export { foundationClauses } from "./foundation/catalogue.ts"
export { type Badge, toBadge } from "./report/badge.ts"
export { toJUnit } from "./report/junit.ts"
export { toMarkdown } from "./report/markdown.ts"
