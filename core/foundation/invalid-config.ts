import { type ErrorIssue, ServiceError, type ServiceErrorOptions } from "../../contracts/foundation/errors.ts"

/**
 * The error of what cannot be used, with each issue.
 *
 * @param what The subject of its message: `The options of createHealth`.
 */
export function invalidConfig(
  what: string,
  issues: readonly ErrorIssue[],
  more: Pick<ServiceErrorOptions, "adapter" | "cause"> = {},
): ServiceError {
  return new ServiceError("INVALID_CONFIG", `${what} cannot be used. ${issuesText(issues)}.`, {
    ...more,
    details: { issues },
  })
}

/** Issues in one line, without a full stop. */
export function issuesText(issues: readonly ErrorIssue[]): string {
  return issues.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`)).join("; ")
}
