/** What a clause left behind in this process. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises"
import { openedSince, openResources, RESOURCE_NAMES } from "../engine/resources.ts"

/** Handles close, and short timers end, in later turns of the event loop: a process may take so long to end. */
const POLL_MS = 2
const POLLS = 1_000

export interface Leaks {
  readonly failure?: string
  readonly warning?: string
}

/**
 * Watches for rejections and errors that nobody handles, timers and handles that stay, and output.
 *
 * A timer fails the clause. An open handle is a warning, since a pool that worlds share may grow.
 */
export class LeakWatch {
  #stray: string | undefined
  #wroteToStdout = false
  #before = openResources()

  constructor() {
    process.on("unhandledRejection", (error) => {
      this.#stray = `left a rejection that nobody handles: ${textOf(error)}`
    })
    process.on("uncaughtException", (error) => {
      this.#stray = `threw outside of any call: ${textOf(error)}`
    })
    process.stdout.write = () => {
      this.#wroteToStdout = true
      return true
    }
  }

  begin(): void {
    this.#stray = undefined
    this.#wroteToStdout = false
    this.#before = openResources()
  }

  async end(): Promise<Leaks> {
    // Unhandled rejections are told once the microtasks have run.
    await nextTurn()
    for (let poll = 0; poll < POLLS && openedSince(this.#before).length > 0; poll++) await sleep(POLL_MS)
    const left = openedSince(this.#before)
    const failure = this.#stray ?? (left.includes("Timeout") ? "left a timer that keeps the process alive" : undefined)
    const open = left.filter((kind) => kind !== "Timeout").map((kind) => `left a ${RESOURCE_NAMES[kind]} open`)
    const warnings = [...open, ...(this.#wroteToStdout ? ["wrote to standard output"] : [])]
    return {
      ...(failure !== undefined && { failure }),
      ...(warnings.length > 0 && { warning: warnings.join("; ") }),
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
