import { type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import type { Said } from "./rules.ts"

/** Something that is to be refused, and what it is called where the message breaks a rule. */
export interface Provocation {
  readonly by: string
  readonly run: () => unknown
}

/** What is said of each provocation; one that nobody refuses says nothing. */
export async function collect(provocations: readonly Provocation[]): Promise<Said[]> {
  const said: Said[] = []
  for (const { by, run } of provocations) {
    try {
      await finish(await run())
    } catch (error) {
      said.push(...saidBy(by, error))
    }
  }
  return said
}

function saidBy(by: string, error: unknown): Said[] {
  if (!ServiceError.is(error)) {
    if (!(error instanceof Error) || error.constructor.name !== "UsageError") throw error
    return [{ by, text: error.message, kind: "line", shown: error.message }]
  }
  const { code, details, message } = error
  const issues = (details?.["issues"] ?? []) as readonly ErrorIssue[]
  const shown = JSON.stringify(error)
  return [
    { by, text: message, kind: "error", code, shown },
    ...issues.map((issue): Said => ({ by, text: issue.message, kind: "issue", code, shown })),
  ]
}

/** Streams say something when they are read. */
async function finish(outcome: unknown): Promise<void> {
  const stream = outcome as AsyncIterable<unknown> | undefined
  if (typeof stream?.[Symbol.asyncIterator] === "function") for await (const _ of stream);
}
