/** Highlights as clauses compare them: words that are marked, and the text without marks. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
}

function unescaped(html: string): string {
  return html.replaceAll(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity)
}

/** Words that are marked, in their order. One mark may have several words. */
export function marksIn(snippets: readonly string[]): string[] {
  const marked = snippets.flatMap((html) => [...html.matchAll(/<mark>(.*?)<\/mark>/gs)].map(([, inner = ""]) => inner))
  return marked.flatMap((inner) => unescaped(inner).split(/\s+/)).filter((word) => word !== "")
}

/** The text of a snippet. */
export function textIn(html: string): string {
  return unescaped(html.replaceAll(/<\/?mark>/g, ""))
}
