interface Position {
  readonly line: number
  readonly column: number
}

/** A file in the report of Stryker, as far as it is read here. */
export interface MutatedFile {
  readonly source: string
  readonly mutants: readonly {
    readonly status: "Killed" | "Timeout" | "Survived" | "NoCoverage" | "Ignored"
    readonly mutatorName: string
    readonly replacement: string
    readonly location: { readonly start: Position; readonly end: Position }
  }[]
}

/** Each mutant that lives, and the score of each file: killed of those that a clause reaches, and of all. */
export function summaryOf(files: Readonly<Record<string, MutatedFile>>): string {
  const lines: string[] = []
  const scores: string[] = []
  const total = { killed: 0, reached: 0, all: 0 }
  for (const [name, { mutants, source }] of Object.entries(files)) {
    const text = source.split("\n")
    for (const { location, mutatorName, replacement, status } of mutants) {
      if (status !== "Survived" && status !== "NoCoverage") continue
      const { end, start } = location
      const line = text[start.line - 1] ?? ""
      const original = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined)
      lines.push(`${status} ${name}:${start.line} ${mutatorName}: ${original} -> ${oneLine(replacement)}`)
    }
    const all = mutants.filter(({ status }) => status !== "Ignored").length
    const reached = all - mutants.filter(({ status }) => status === "NoCoverage").length
    const killed = mutants.filter(({ status }) => status === "Killed" || status === "Timeout").length
    scores.push(scoreLine(name, { killed, reached, all }))
    total.killed += killed
    total.reached += reached
    total.all += all
  }
  return [...lines, "", ...scores, scoreLine("all", total), ""].join("\n")
}

function scoreLine(name: string, { all, killed, reached }: { killed: number; reached: number; all: number }): string {
  const percent = (of: number) => (of === 0 ? "none" : `${((100 * killed) / of).toFixed(1)} %`)
  return `${name}: ${killed} killed of ${reached} reached (${percent(reached)}), of ${all} in all (${percent(all)})`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 80)
}
