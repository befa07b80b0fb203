/** What is measured in one child process: `run` does `count` operations and checks each answer. */
export interface Target {
  run(count: number): Promise<void>
  close?(): Promise<void>
}

/** What targets need from outside, made by the parent. */
export interface Environment {
  readonly redisPort?: number
}

export interface Row {
  readonly name: string
  readonly ours: (environment: Environment) => Promise<Target>
  readonly baseline: (environment: Environment) => Promise<Target>
  /** What the baseline is, for the table. */
  readonly baselineName: string
  /** Operations of ours for one of the baseline. */
  readonly goal?: number
  readonly needsRedis?: boolean
}

export interface Suite {
  readonly name: string
  readonly rows: readonly Row[]
}

/** One line of the result, as in the JSON file. */
export interface RowResult {
  readonly suite: string
  readonly row: string
  /** Median over the rounds of ours divided by the baseline. */
  readonly ratio: number
  readonly goal?: number
  readonly better: "higher" | "lower"
  /** Whether the worst quartile of the rounds meets the goal. */
  readonly met?: boolean
  /** Interquartile range over median. */
  readonly spread: number
  readonly baseline: string
}

export function summarise(suite: string, row: Row, ratios: readonly number[]): RowResult {
  const sorted = [...ratios].sort((left, right) => left - right)
  const ratio = quantile(sorted, 0.5)
  const low = quantile(sorted, 0.25)
  return {
    suite,
    row: row.name,
    ratio: round(ratio),
    ...(row.goal !== undefined && { goal: row.goal, met: low >= row.goal }),
    better: "higher",
    spread: round((quantile(sorted, 0.75) - low) / ratio),
    baseline: row.baselineName,
  }
}

function quantile(sorted: readonly number[], part: number): number {
  const position = (sorted.length - 1) * part
  const [below = 0, above = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  return below + (above - below) * (position - Math.floor(position))
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
