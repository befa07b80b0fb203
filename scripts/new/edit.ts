/** Changes to files that list services or adapters. Each finds its place by lines that are there already. */
import { UsageError } from "./names.ts"

type Change = (text: string, path: string) => string

/** Where a line goes: among those that `like` matches, whose first group is what they are sorted by. */
interface Place {
  readonly like: RegExp
  /** The new line is sorted by it. */
  readonly key: string
  /** Only what stands between this text and the next line that is a bracket. */
  readonly within?: string
}

/** Inserts lines before the first of their kind that sorts after them, else behind the last. */
export function insertSorted(lines: string, { key, like, within }: Place): Change {
  return (text, path) => {
    const start = within === undefined ? 0 : text.indexOf(within)
    const end = within === undefined ? text.length : text.indexOf("\n}", start)
    if (start < 0 || end < 0) throw lacks(path, within ?? "")
    const entries = [...text.slice(start, end).matchAll(like)]
    const last = entries.at(-1)
    if (last === undefined) throw lacks(path, `lines like ${like.source}`)
    const next = entries.find(([, other = ""]) => other > key)
    const at = start + (next?.index ?? endOfEntry(text.slice(start), last))
    return `${text.slice(0, at)}${lines}\n${text.slice(at)}`
  }
}

/** Adds an item to a list that is written as `before` and what stands up to the next bracket. */
export function addItem(before: string, item: string): Change {
  return (text, path) => {
    const start = text.indexOf(before) + before.length
    const end = text.indexOf("]", start)
    if (start < before.length || end < 0) throw lacks(path, `${before}…]`)
    const items = text.slice(start, end).split(",")
    const sorted = [...items.map((one) => one.trim()).filter((one) => one !== ""), item].sort()
    return `${text.slice(0, start)}${sorted.join(", ")}${text.slice(end)}`
  }
}

/** Inserts lines before the only line that is `line`. */
export function insertBefore(line: string, lines: string): Change {
  return (text, path) => {
    const parts = text.split(`\n${line}`)
    if (parts.length !== 2) throw lacks(path, `one line ${line}`)
    return parts.join(`\n${lines}\n${line}`)
  }
}

/** Behind the line, or the block that is indented, which begins there. */
function endOfEntry(text: string, { 0: found, index }: RegExpExecArray): number {
  const block = found.startsWith("  {") ? text.indexOf("\n  },\n", index) + "\n  },".length : index + found.length
  return text.indexOf("\n", block) + 1
}

function lacks(path: string, what: string): UsageError {
  return new UsageError(`${path} does not look as expected: it has no ${what}.`)
}
