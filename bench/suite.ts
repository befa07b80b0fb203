/** What is measured in one child process. */
export type Target = Timed | Measured

/** `run` does `count` operations and checks each answer; what counts is how many it does in a second. */
export interface Timed {
  run(count: number): Promise<void>
  close?(): Promise<void>
}

/** `measure` finds the number itself: bytes, a part of something. */
export interface Measured {
  measure(): Promise<number>
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
  /** What the ratio to the baseline is to reach. */
  readonly goal?: number
  /** Default: higher. */
  readonly better?: "higher" | "lower"
  /** What a measured target gives, for the table. */
  readonly unit?: string
  /** Every round gives the same, so one is enough. */
  readonly exact?: boolean
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
  /** Median of what a measured target gave, and its unit. Speeds are not shown: they say more of the machine. */
  readonly ours?: number
  readonly unit?: string
  readonly goal?: number
  readonly better: "higher" | "lower"
  /** Whether the worst quartile of the rounds meets the goal. */
  readonly met?: boolean
  /** Interquartile range over median. */
  readonly spread: number
  readonly baseline: string
}

/** Of one round, ours and the baseline. */
export interface Scores {
  readonly ours: number
  readonly baseline: number
}

export function summarise(suite: string, row: Row, rounds: readonly Scores[]): RowResult {
  const { name, goal, better = "higher", unit, baselineName } = row
  const ratios = inOrder(rounds.map(({ ours, baseline }) => ours / baseline))
  const ratio = quantile(ratios, 0.5)
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)]
  return {
    suite,
    row: name,
    ratio: round(ratio),
    ...(unit !== undefined && { ours: round(quantile(inOrder(rounds.map(({ ours }) => ours)), 0.5)), unit }),
    ...(goal !== undefined && { goal, met: better === "higher" ? low >= goal : high <= goal }),
    better,
    spread: round((high - low) / ratio),
    baseline: baselineName,
  }
}

function inOrder(numbers: readonly number[]): number[] {
  return [...numbers].sort((left, right) => left - right)
}

function quantile(sorted: readonly number[], part: number): number {
  const position = (sorted.length - 1) * part
  const [below = 0, above = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  return below + (above - below) * (position - Math.floor(position))
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
