import type { $ZodType } from "zod/v4/core"
import { type ErrorCode, type ErrorIssue, ServiceError } from "../../contracts/foundation/errors.ts"
import { issuesText } from "../foundation/invalid-config.ts"
import { parseSchema } from "../foundation/parse-schema.ts"
import { issueAt, schemaIssues } from "../foundation/schema.ts"

/** What is read, and the code of the error that refuses it. */
export interface DocumentSubject {
  /** As the message names it: `The configuration of the worker`. */
  readonly name: string
  readonly code: Extract<ErrorCode, "INVALID_ARGUMENT" | "INVALID_CONFIG">
}

/** A document with its defaults. @throws ServiceError with each problem and its path. */
export function readDocument<Output>(schema: $ZodType<Output>, value: unknown, subject: DocumentSubject): Output {
  const parsed = parseSchema(schema, value)
  if (parsed.issues === undefined) return parsed.data
  throw documentError(
    subject,
    schemaIssues(schema, parsed.issues).map((issue) => issueAt("", issue)),
  )
}

export function documentError({ code, name }: DocumentSubject, issues: readonly ErrorIssue[]): ServiceError {
  return new ServiceError(code, `${name} cannot be used. ${issuesText(issues)}.`, {
    service: "queue",
    details: { issues },
  })
}
