import { protocolBroken } from "../../../core/storage/for-adapters.ts"

/** What the next page is asked for by, in the words of the API. */
export type Marks = Readonly<Record<string, string>>

/**
 * The pages of a list, up to the last, which has no `next`.
 *
 * @throws ServiceError UNAVAILABLE, reason "protocol", for marks that come again: they would lead round for ever.
 */
export async function* pagesOf<Page extends { readonly next: Marks | undefined }>(
  ask: (marks: Marks) => Promise<Page>,
): AsyncGenerator<Page, void> {
  const seen = new Set<string>()
  for (let marks: Marks = {}; ; ) {
    const page = await ask(marks)
    yield page
    if (page.next === undefined) return
    marks = page.next
    const text = JSON.stringify(marks)
    if (seen.has(text)) throw protocolBroken()
    seen.add(text)
  }
}

/** Of an answer of the JSON API. */
export function tokenOf({ nextPageToken }: Readonly<Record<string, unknown>>): Marks | undefined {
  return typeof nextPageToken === "string" && nextPageToken !== "" ? { pageToken: nextPageToken } : undefined
}
