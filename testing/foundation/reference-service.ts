import type { Clock } from "../../contracts/foundation/clock.ts"
import { type ErrorCode, type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import type { IHealthCheckable, PluginHealthStatus } from "../../contracts/foundation/health.ts"
import type { IClosable } from "../../contracts/foundation/lifecycle.ts"

/** How long a call waits for an answer, in real milliseconds. */
const DEADLINE_MS = 20

/** What several clients share, as they would share a server. */
export class ReferenceStore {
  /** What befalls the line to the store. */
  fault: "none" | "unreachable" | "silent" | "lose-answer" = "none"
  /** How often it was stopped and started again; what is stored stays. */
  restarts = 0
  readonly #timers = new Set<ReturnType<typeof setInterval>>()

  /** Keeps the process alive until it is called off. What is left behind ends with the world. */
  startTimer(): () => void {
    const timer = setInterval(() => {}, 60_000)
    this.#timers.add(timer)
    return () => clearInterval(timer)
  }

  endTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}

export interface ReferenceOptions<Store extends ReferenceStore = ReferenceStore> {
  readonly clock: Clock
  readonly store?: Store | undefined
  /** Services of different namespaces in one store never meet. */
  readonly namespace?: string | undefined
  /** What it would log in with. */
  readonly password?: string | undefined
  /** As a user's configuration has them: `password` and `maxValueBytes`. */
  readonly configuration?: ReferenceConfiguration | undefined
}

export type ReferenceConfiguration = Readonly<Record<string, unknown>>

/**
 * What every reference has: it opens, checks its options, fails with its store, reports health, closes. A reference is
 * made of small methods, since mutants and oddities are subclasses that change one.
 */
export abstract class ReferenceService<Store extends ReferenceStore = ReferenceStore>
  implements IHealthCheckable, IClosable
{
  /** Its name, in errors. */
  readonly service: string = "reference"
  readonly clock: Clock
  readonly store: Store
  readonly namespace: string
  readonly password: string
  closed = false

  constructor({
    clock,
    configuration = {},
    namespace = "",
    password = "",
    store,
  }: ReferenceOptions<Store> & { store: Store }) {
    this.refuseConfiguration(this.issuesOf(configuration), configuration)
    this.clock = clock
    this.store = store
    this.namespace = namespace
    this.password = password
  }

  async healthCheck(): Promise<PluginHealthStatus> {
    try {
      this.checkOpen()
      await this.reply(undefined)
      return { status: "healthy", latency: 0 }
    } catch (error) {
      return { status: "unhealthy", message: String(error), latency: 0 }
    }
  }

  async getMetrics(): Promise<Record<string, number>> {
    return {}
  }

  async close(): Promise<void> {
    this.closed = true
    return this.deliver(undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Ends it as the end of its process would. */
  kill(): void {
    this.closed = true
  }

  /** How an answer comes over the line: the work is done before. */
  reply<T>(answer: T): T | Promise<T> {
    if (this.store.fault === "silent") return this.noAnswer()
    if (this.store.fault !== "lose-answer") return this.deliver(answer)
    this.store.fault = "none"
    this.refuse("TIMEOUT", "The answer was lost.")
  }

  /** When an answer reaches the caller. */
  deliver<T>(answer: T): T | Promise<T> {
    return answer
  }

  async noAnswer(): Promise<never> {
    await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS))
    this.refuse("TIMEOUT", `No answer within ${DEADLINE_MS} ms.`)
  }

  checkOpen(): void {
    if (this.closed) this.refuse("CLOSED", `This ${this.service} is closed.`)
    if (this.store.fault === "unreachable") this.refuse("UNAVAILABLE", "The store cannot be reached.")
  }

  issuesOf(configuration: ReferenceConfiguration): ErrorIssue[] {
    const { maxValueBytes = 1, password = "", ...unknown } = configuration
    const issues = Object.keys(unknown).map((path) => ({ path, message: "is not an option" }))
    if (typeof password !== "string") issues.push({ path: "password", message: "must be a string" })
    if (Number.isSafeInteger(maxValueBytes) && (maxValueBytes as number) > 0) return issues
    return [...issues, { path: "maxValueBytes", message: "must be a whole number above 0" }]
  }

  refuseConfiguration(issues: readonly ErrorIssue[], _given: ReferenceConfiguration): void {
    if (issues.length === 0) return
    const text = issues.map(({ message, path }) => `${path} ${message}`).join("; ")
    throw new ServiceError("INVALID_CONFIG", `Options of the reference: ${text}.`, { details: { issues } })
  }

  refuseIf(issue: string | undefined): void {
    if (issue !== undefined) this.refuse("INVALID_ARGUMENT", issue)
  }

  refuse(code: ErrorCode, message: string): never {
    throw new ServiceError(code, message, { service: this.service, adapter: "reference" })
  }
}
