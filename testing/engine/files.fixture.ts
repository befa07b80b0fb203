import type { MethodInfo } from "../../contracts/foundation/methods.ts"
import { type Clause, clausesFor, defineContract } from "./clause.ts"
import { words } from "./counter.fixture.ts"
import { QUIET_PACE } from "./pace.ts"
import type { ClauseResult } from "./report.ts"
import { runContract } from "./run.ts"

/** A service that gives handles, resolved and at once, for tests of how the engine follows them. */
export interface Files {
  open(name: string): Promise<OpenFile>
  /** Only of files that this service gave. */
  same(one: OpenFile, options: { other: OpenFile }): Promise<boolean>
  lock(): Lock
}

export interface OpenFile {
  readonly name: string
  text(): Promise<string>
  fail(): Promise<never>
  hang(): Promise<never>
  stream(): ReadableStream<string>
  lines(): AsyncIterable<string>
  lock(): Promise<Lock>
}

export interface Lock {
  release(): Promise<void>
  break(): never
}

const read = { kind: "read", idempotent: true } as const
const stream = { kind: "stream", idempotent: true } as const
const lock = { kind: "handle", idempotent: false, returns: { release: read, break: read } } as const
const openFile = { text: read, fail: read, hang: read, stream, lines: stream, lock } as const

export const filesMethods: Readonly<Record<keyof Files, MethodInfo>> = {
  open: { kind: "handle", idempotent: true, returns: openFile },
  same: read,
  lock,
}

export class MemoryFiles implements Files {
  /** Streams that were given up before their end. */
  cancelled = 0
  readonly #file = new MemoryFile(() => void this.cancelled++)

  async open(): Promise<MemoryFile> {
    return this.#file
  }
  async same(one: OpenFile, { other }: { other: OpenFile }): Promise<boolean> {
    return one === this.#file && other === this.#file
  }
  lock(): Lock {
    return lockOf()
  }
}

class MemoryFile implements OpenFile {
  readonly name = "a"
  readonly #lines = ["one", "two"]
  readonly #cancel: () => void

  constructor(cancel: () => void) {
    this.#cancel = cancel
  }
  async text(): Promise<string> {
    return this.#lines.join("")
  }
  async fail(): Promise<never> {
    throw new Error("broken")
  }
  hang(): Promise<never> {
    return new Promise(() => {})
  }
  stream(): ReadableStream<string> {
    const lines = [...this.#lines]
    return new ReadableStream({
      pull: (controller) => {
        const line = lines.shift()
        if (line === undefined) controller.close()
        else controller.enqueue(line)
      },
      cancel: this.#cancel,
    })
  }
  async *lines(): AsyncGenerator<string> {
    yield* this.#lines
  }
  async lock(): Promise<Lock> {
    return lockOf()
  }
}

function lockOf(): Lock {
  return {
    release: async () => {},
    break: () => {
      throw new Error("locked")
    },
  }
}

/** What comes of a clause over these files. */
export async function resultOf(
  check: Clause<Files, object>["check"],
  files = new MemoryFiles(),
): Promise<ClauseResult> {
  const contract = defineContract({
    service: "files",
    version: 1,
    methods: filesMethods,
    defaultCapabilities: {},
    clauses: [clausesFor<Files, object>({ "FILES-A-01": "A sentence." })("FILES-A-01", { ...words, check })],
  })
  const subject = { service: "files", name: "files", open: () => ({ connect: () => files }) }
  const { results } = await runContract(contract, subject, { timeScale: 0.01, pace: QUIET_PACE })
  return results[0] as ClauseResult
}
