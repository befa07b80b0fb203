import { ServiceError } from "../../contracts/foundation/errors.ts"

/**
 * A part of a URL without its percent signs; the error does not show it, since it may be a secret.
 *
 * @throws ServiceError INVALID_CONFIG where a percent sign begins no encoded character.
 */
export function decodeUrlPart(text: string, part: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ServiceError(
      "INVALID_CONFIG",
      `The ${part} must not have a % that begins no encoded character; write % as %25.`,
    )
  }
}

/** Why the parts of a URL before its query, and the query, cannot be read. */
export interface UrlIssues {
  readonly before: readonly string[]
  readonly query: readonly string[]
}

/** Checks that every part of a URL can be decoded, and that nothing of it is lost behind a #. */
export function urlIssues({ host, href, password, pathname, search, username }: URL): UrlIssues {
  const hash = href.includes("#") ? ["The URL must not have a #, behind which nothing is read; write # as %23"] : []
  const parts = { user: username, password, host, path: pathname }
  return {
    before: [...Object.entries(parts).flatMap(([part, text]) => partIssue(text, part)), ...hash],
    query: partIssue(search, "query"),
  }
}

/** The parameters of a URL that can be decoded, each with all of its values. */
export function queryOf({ search }: URL): Map<string, string[]> {
  const pairs = search.slice(1).split("&")
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(pairs.filter((pair) => partIssue(pair, "").length === 0).join("&"))) {
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return values
}

function partIssue(text: string, part: string): string[] {
  try {
    decodeUrlPart(text, part)
    return []
  } catch (error) {
    return [(error as ServiceError).message.replace(/\.$/, "")]
  }
}
