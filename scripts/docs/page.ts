/** A fenced block of a Markdown page: three backticks, its language, and words behind it. */
export interface Block {
  readonly language: string
  readonly words: readonly string[]
  readonly code: string
  /** Of the opening fence, from 1. */
  readonly line: number
}

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\S+)([^\n]*)\n(.*?)^```$/gms)].map(
    ({ 1: language = "", 2: info = "", 3: code = "", index }) => ({
      language,
      words: info.split(" ").filter((word) => word !== ""),
      code,
      line: markdown.slice(0, index).split("\n").length,
    }),
  )
}

/** The page with other code in the block whose fence is at `line`. */
export function withCode(markdown: string, line: number, code: string): string {
  const lines = markdown.split("\n")
  const end = lines.indexOf("```", line)
  return [...lines.slice(0, line), ...code.trimEnd().split("\n"), ...lines.slice(end)].join("\n")
}

/**
 * A file changed by a diff without line numbers: a line `@@` parts its hunks, and each is found by its text.
 *
 * @throws Where a hunk is not found exactly once.
 */
export function patched(text: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((result, hunk) => {
    const lines = hunk.trimEnd().split("\n")
    const side = (others: string) =>
      lines.flatMap((line) => (line.startsWith(others) ? [] : [`${line.slice(1)}\n`])).join("")
    const parts = result.split(side("+"))
    if (parts.length !== 2) throw new Error(`this hunk fits ${parts.length - 1} times:\n${hunk}`)
    return parts.join(side("-"))
  }, text)
}

/** Numbers that differ from one version to the next, `12 passed` or `pass 12`. 0 is not one of them. */
const COUNT =
  /[1-9]\d*(?= (?:passed|failed|skipped|passing|pending|do not apply|not run|×))|(?<=(?:pass|fail|skipped) )[1-9]\d*/g

/**
 * Compares output with what a page shows of it: line by line, where a line `…` stands for any lines, `…` in a line
 * for any text, and a count for any count but 0.
 *
 * @returns The first line that the output lacks, and the page's text with the counts of this output.
 */
export function compareOutput(shown: string, output: string): { missing?: string; refreshed: string } {
  const actual = output.trimEnd().split("\n")
  const refreshed: string[] = []
  let next = 0
  let anywhere = false
  for (const line of shown.trimEnd().split("\n")) {
    const gap = line.trim() === "…"
    if (!gap) {
      const pattern = patternOf(line)
      const found = actual.findIndex((text, index) => index >= next && pattern.test(text))
      if (found < 0 || (found > next && !anywhere)) return { missing: line, refreshed: shown }
      next = found + 1
    }
    anywhere = gap
    refreshed.push(line.includes("…") ? line : (actual[next - 1] ?? ""))
  }
  const end = anywhere || next === actual.length
  return { ...(!end && { missing: "the end, or …" }), refreshed: `${refreshed.join("\n")}\n` }
}

/** What a line of a page stands for. */
export function patternOf(line: string): RegExp {
  const parts = line.trimEnd().split(COUNT)
  const literal = parts.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".*"))
  return new RegExp(`^${literal.join("[1-9]\\d*")}\\s*$`)
}
